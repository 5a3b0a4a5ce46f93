using System.Text.Json;

namespace Fovea.Evaluation;

/// <summary>
/// A file of answers, one JSON line each with the settings they were given under, so that a run that was stopped can go on. Lines are on disk as soon as
/// they are added. Disposed by whoever opened it.
/// </summary>
public sealed class AnswerLog : IDisposable
{
    private static readonly byte[] LineStart = [.. "{\"id\":"u8];
    private readonly FileStream _file;
    private readonly List<AnsweredQuestion> _answers;

    private AnswerLog(FileStream file, List<AnsweredQuestion> answers)
    {
        _file = file;
        _answers = answers;
    }

    /// <summary>All answers, the oldest first.</summary>
    public IReadOnlyList<AnsweredQuestion> Answers => _answers;

    /// <summary>Opens a file, or makes it. A last line that was cut off while it was written is dropped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="runs">The runs that are to go on in it.</param>
    /// <param name="questions">The questions of the set.</param>
    /// <exception cref="InvalidDataException">A line is no answer, belongs to other questions, or was given under settings that none of the runs has.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static AnswerLog Open(string path, IReadOnlyList<EvaluationRun> runs, IReadOnlyList<EvaluationQuestion> questions)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            var answers = Read(bytes.AsSpan(0, end), path, runs, questions);
            if (!bytes.AsSpan(end).StartsWith(LineStart.AsSpan(0, Math.Min(LineStart.Length, bytes.Length - end))))
            {
                throw new InvalidDataException($"{path} is no file of answers.");
            }

            file.SetLength(end);
            file.Position = end;
            return new AnswerLog(file, answers);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds an answer.</summary>
    public void Add(AnsweredQuestion answer)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(answer, AnswerJson.Lines.AnsweredQuestion), (byte)'\n'];
        _file.Write(line);
        _file.Flush();
        _answers.Add(answer);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<AnsweredQuestion> Read(ReadOnlySpan<byte> lines, string path, IReadOnlyList<EvaluationRun> runs, IReadOnlyList<EvaluationQuestion> questions)
    {
        var known = questions.ToDictionary(question => question.Id, StringComparer.Ordinal);
        var seen = new HashSet<(EvaluationRun, string)>();
        var answers = new List<AnsweredQuestion>();
        for (int length; lines.Length > 0; lines = lines[(length + 1)..])
        {
            length = lines.IndexOf((byte)'\n');
            string place = $"{path}:{answers.Count + 1}";
            var answer = Read(lines[..length], place);
            Check(answer, runs, known, place);
            answers.Add(seen.Add((answer.Run, answer.Id)) ? answer : throw new InvalidDataException($"{place}: {answer.Id} is answered twice."));
        }

        return answers;
    }

    private static AnsweredQuestion Read(ReadOnlySpan<byte> line, string place)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AnswerJson.Lines.AnsweredQuestion) ?? throw new InvalidDataException($"{place} is not an answer.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{place} is not an answer: {exception.Message}", exception);
        }
    }

    private static void Check(AnsweredQuestion answer, IReadOnlyList<EvaluationRun> runs, Dictionary<string, EvaluationQuestion> known, string place)
    {
        if (!known.TryGetValue(answer.Id, out var question) || question.Answer != answer.Answer)
        {
            throw new InvalidDataException($"{place}: the question {answer.Id} is not one of this set; name another file for its answers.");
        }

        if (!runs.Contains(answer.Run))
        {
            throw new InvalidDataException($"{place} was answered under other settings: {answer.Run.DifferenceTo(runs[0])}. Name another file, or repeat the settings.");
        }
    }
}
