using System.Text.Json;

namespace Fovea.Evaluation;

/// <summary>Questions about pictures, in a folder: <c>questions.jsonl</c> with id, image, kind, question and answer in each line, and the pictures beside it.</summary>
public sealed class QuestionSet
{
    private const string FileName = "questions.jsonl";

    private QuestionSet(string folder, IReadOnlyList<EvaluationQuestion> questions)
    {
        Folder = folder;
        Questions = questions;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The questions in the order of the file.</summary>
    public IReadOnlyList<EvaluationQuestion> Questions { get; }

    /// <summary>Reads a set. Pictures are not opened yet.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">There is no such folder or no questions in it.</exception>
    /// <exception cref="InvalidDataException">A line is wrong; the message names file, line and key.</exception>
    public static QuestionSet Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder of questions {folder}.");
        }

        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{folder} holds no {FileName}.", file);
        }

        var questions = new List<EvaluationQuestion>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            string place = $"{file}:{++number}";
            if (line.Trim().Length > 0)
            {
                var question = Read(line, folder, place);
                questions.Add(ids.Add(question.Id) ? question : throw new InvalidDataException($"{place}: the id {question.Id} is there twice."));
            }
        }

        return questions.Count > 0 ? new QuestionSet(folder, questions) : throw new InvalidDataException($"{file} holds no questions.");
    }

    /// <summary>
    /// Some of the questions in the order of the file: of each kind its share, give or take one, evenly over the set. (Every tenth question of a set whose kinds
    /// alternate would be of a few kinds alone.)
    /// </summary>
    /// <param name="most">How many; if there are fewer, all.</param>
    public IReadOnlyList<EvaluationQuestion> Spread(int most)
    {
        int number = Math.Min(most, Questions.Count);
        int[] byKind = [.. Questions.Index().GroupBy(question => question.Item.Kind).SelectMany(kind => kind).Select(question => question.Index)];
        return [.. Enumerable.Range(0, number).Select(i => byKind[(long)i * byKind.Length / number]).Order().Select(index => Questions[index])];
    }

    private static EvaluationQuestion Read(string line, string folder, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            return new EvaluationQuestion(Text(row, "id", place), Picture(Text(row, "image", place), folder, place), Text(row, "kind", place), Text(row, "question", place), Text(row, "answer", place));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{place} is not valid JSON: {exception.Message}", exception);
        }
    }

    private static string Text(JsonElement row, string key, string place) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new InvalidDataException($"{place}: {key} must be a text that is not empty.");

    private static string Picture(string image, string folder, string place)
    {
        string path = Path.GetFullPath(Path.Combine(folder, image));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"{place}: image {image} lies outside the folder.");
    }
}
