using Fovea.Evaluation;
using Fovea.Reduction;

namespace Fovea.Tests.Evaluation;

public sealed class AnswerLogTests : IDisposable
{
    private static readonly EvaluationRun Run = new() { Model = "m", Method = "fastv", Keep = "36", Options = "fastv_k=2", Positions = PositionPolicy.Renumber, Seed = 9 };
    private static readonly EvaluationQuestion[] Questions = [new("q1", "a.png", "ocr", "What?", "é"), new("q2", "a.png", "caption", "What?", "A \"cross\".")];

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    private string File => Path.Combine(_folder, "answers.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_AfterAnswers_GivesThemBack()
    {
        AnsweredQuestion[] answers = [Answer(Questions[0]), Answer(Questions[1]) with { F1 = 0.25 }];
        Write(answers);
        using var log = Open(Run);
        Assert.Equal(answers, log.Answers);
        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public void Open_AfterALineThatWasCutOff_DropsIt()
    {
        Write(Answer(Questions[0]), Answer(Questions[1]));
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int first = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (int length = first; length < whole.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using (var log = Open(Run))
            {
                Assert.Single(log.Answers);
                log.Add(Answer(Questions[1]));
            }

            Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
        }
    }

    [Fact]
    public void Open_UnderOtherSettings_NamesTheDifference()
    {
        Write(Answer(Questions[0]));
        var wrong = Assert.Throws<InvalidDataException>(() => Open(Run with { Keep = "72" }));
        Assert.Contains("keep is '36' and not '72'", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("seed", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithAnswersToOtherQuestions_NamesOne()
    {
        Write(Answer(Questions[0]));
        Assert.Contains("q1", Assert.Throws<InvalidDataException>(() => AnswerLog.Open(File, [Run], [Questions[1]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithTheSameAnswerTwice_NamesIt()
    {
        Write(Answer(Questions[0]), Answer(Questions[0]));
        Assert.Contains("twice", Assert.Throws<InvalidDataException>(() => Open(Run)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes that are mine\n")]
    [InlineData("notes without an end")]
    [InlineData("{}\n")]
    [InlineData("{\"id\":null}\n")]
    public void Open_OfAnotherFile_RefusesAndLeavesItAlone(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Throws<InvalidDataException>(() => Open(Run));
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    private AnswerLog Open(EvaluationRun run) => AnswerLog.Open(File, [run], Questions);

    private void Write(params AnsweredQuestion[] answers)
    {
        using var log = Open(Run);
        Array.ForEach(answers, log.Add);
    }

    private static AnsweredQuestion Answer(EvaluationQuestion question) => new()
    {
        Id = question.Id,
        Kind = question.Kind,
        Answer = question.Answer,
        Prediction = "no\nline",
        Correct = false,
        VisualTokens = 36,
        PromptTokens = 150,
        NewTokens = 2,
        Run = Run,
    };
}
