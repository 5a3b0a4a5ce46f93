using Fovea.Evaluation;

namespace Fovea.Tests.Evaluation;

public sealed class QuestionSetTests : IDisposable
{
    private const string Good = """{"id": "1", "image": "images/a.png", "kind": "ocr", "question": "What?", "answer": "no", "options": null}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_OfTheShippedQuestions_ReadsAll()
    {
        var set = QuestionSet.Load(Repository.Path("models/foveola/eval"));
        Assert.Equal(2000, set.Questions.Count);
        Assert.Equal("What is the color of the small triangle?", set.Questions[0].Question);
        Assert.True(File.Exists(set.Questions[^1].Image));
    }

    [Theory]
    [InlineData(4, "0 2 5 7")]
    [InlineData(1, "0")]
    [InlineData(10, "0 1 2 3 4 5 6 7 8 9")]
    [InlineData(int.MaxValue, "0 1 2 3 4 5 6 7 8 9")]
    public void Spread_OfTenQuestions_TakesThemEvenly(int most, string expected)
    {
        var set = Load(string.Join('\n', Enumerable.Range(0, 10).Select(id => Good.Replace("\"1\"", $"\"{id}\"", StringComparison.Ordinal))));
        Assert.Equal(expected, string.Join(' ', set.Spread(most).Select(question => question.Id)));
    }

    [Fact]
    public void Spread_OfTheShippedQuestions_TakesOfEachKindItsShare()
    {
        var questions = QuestionSet.Load(Repository.Path("models/foveola/eval")).Spread(90);
        Assert.Equal(90, questions.Distinct().Count());
        Assert.All(questions.CountBy(question => question.Kind), kind => Assert.InRange(kind.Value, 9, 11));
        Assert.Equal(9, questions.CountBy(question => question.Kind).Count());
        Assert.Equal(questions.OrderBy(question => question.Id, StringComparer.Ordinal).Select(question => question.Image), questions.Select(question => question.Image));
    }

    [Fact]
    public void Load_OfEmptyLines_SkipsThem() => Assert.Single(Load(Good + "\n\n  \n").Questions);

    [Theory]
    [InlineData("""{"id": "1"}""", "image")]
    [InlineData("""{"id": 7, "image": "a", "kind": "k", "question": "q", "answer": "a"}""", "id")]
    [InlineData("""{"id": "1", "image": "../a.png", "kind": "k", "question": "q", "answer": "a"}""", "outside")]
    [InlineData("""{"id": "1", "image": "/etc/a.png", "kind": "k", "question": "q", "answer": "a"}""", "outside")]
    [InlineData("""{"id": "1", "image": "a.png", "kind": "", "question": "q", "answer": "a"}""", "kind")]
    [InlineData("[]", "id")]
    [InlineData("{", "JSON")]
    public void Load_OfAWrongLine_NamesFileLineAndKey(string line, string part)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => Load(Good.Replace("\"1\"", "\"0\"", StringComparison.Ordinal) + "\n" + line));
        Assert.Contains("questions.jsonl:2", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfTheSameIdTwice_NamesIt() => Assert.Contains("twice", Assert.Throws<InvalidDataException>(() => Load(Good + "\n" + Good)).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_OfNoQuestions_SaysSo() => Assert.Throws<InvalidDataException>(() => Load(""));

    [Fact]
    public void Load_OfAFolderWithoutQuestions_SaysSo() => Assert.Throws<FileNotFoundException>(() => QuestionSet.Load(_folder));

    [Fact]
    public void Load_OfNoFolder_SaysSo() => Assert.Throws<DirectoryNotFoundException>(() => QuestionSet.Load(Path.Combine(_folder, "none")));

    private QuestionSet Load(string lines)
    {
        File.WriteAllText(Path.Combine(_folder, "questions.jsonl"), lines);
        return QuestionSet.Load(_folder);
    }
}
