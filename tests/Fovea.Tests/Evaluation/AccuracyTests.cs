using Fovea.Evaluation;

namespace Fovea.Tests.Evaluation;

public sealed class AccuracyTests
{
    [Fact]
    public void Of_SeveralKinds_CountsEachInPercent()
    {
        var accuracy = Accuracy.Of([Answer("ocr", true), Answer("ocr", false), Answer("caption", false, 0.5), Answer("ocr", true), Answer("ocr", true)]);
        Assert.Equal([new("ocr", 75), new("caption", 0), new("caption_f1", 50)], accuracy.ByKind);
        Assert.Equal((60, 5, 36), (accuracy.All, accuracy.Questions, accuracy.VisualTokens));
    }

    [Fact]
    public void Of_NoAnswers_Throws() => Assert.Throws<ArgumentException>(() => Accuracy.Of([]));

    private static AnsweredQuestion Answer(string kind, bool correct, double? f1 = null) => new()
    {
        Id = "0",
        Kind = kind,
        Answer = "a",
        Prediction = "b",
        Correct = correct,
        F1 = f1,
        VisualTokens = 36,
        PromptTokens = 150,
        NewTokens = 2,
        Run = new EvaluationRun { Model = "m" },
    };
}
