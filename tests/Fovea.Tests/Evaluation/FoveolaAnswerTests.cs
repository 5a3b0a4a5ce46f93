using Fovea.Evaluation;
using Fovea.Reduction;

namespace Fovea.Tests.Evaluation;

/// <summary>The shipped model answers as the reference does, unreduced and reduced.</summary>
[Trait("kind", "end-to-end")]
public sealed class FoveolaAnswerTests(FoveolaFixture foveola) : IClassFixture<FoveolaFixture>
{
    private const int QuestionsOfAReduction = 400;

    /// <summary>Every reduction of which the reference kept its answers.</summary>
    public static TheoryData<string> Reductions
    {
        get
        {
            using var reference = FoveolaFixture.Read("reduced_answers.json");
            return new TheoryData<string>(reference.RootElement.GetProperty("answers").EnumerateObject().Select(row => row.Name));
        }
    }

    [Fact]
    public async Task Answers_WithoutReduction_AreThoseOfTheReference()
    {
        using var reference = FoveolaFixture.Read("reference.json");
        var expected = reference.RootElement.GetProperty("answers").EnumerateArray().ToDictionary(answer => answer.GetProperty("id").GetString()!, answer => answer.GetProperty("answer").GetString()!);
        var answers = await foveola.AnswerAsync(new EvaluationRun { Model = "foveola" }, foveola.Questions.Questions.Count);
        int same = answers.Count(answer => answer.Prediction == expected[answer.Id]);
        Assert.True(same >= 0.995 * expected.Count, $"{same} of {expected.Count} answers are those of the reference");
        Assert.InRange(Accuracy.Of(answers).All, 94.0, 95.0);
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public async Task Answers_UnderAReduction_AreThoseOfTheReference(string reduction)
    {
        using var reference = FoveolaFixture.Read("reduced_answers.json");
        string[] expected = [.. reference.RootElement.GetProperty("answers").GetProperty(reduction).EnumerateArray().Select(answer => answer.GetString()!).Take(QuestionsOfAReduction)];
        var answers = await foveola.AnswerAsync(RunOf(reduction), QuestionsOfAReduction);
        int same = answers.Zip(expected).Count(pair => pair.First.Prediction == pair.Second);
        Assert.True(same >= 0.99 * expected.Length, $"{same} of {expected.Length} answers under {reduction} are those of the reference");
    }

    /// <summary>From the reference's METHOD/TOKENS/POSITIONS to ours.</summary>
    private static EvaluationRun RunOf(string reduction)
    {
        string[] parts = reduction.Split('/');
        var run = new EvaluationRun { Model = "foveola", Keep = parts[1], Positions = parts[2] == "keep" ? PositionPolicy.Keep : PositionPolicy.Renumber };
        return parts[0] switch
        {
            "grid" => run with { Method = "uniform", Options = "mode=grid origin=center" },
            "cls" => run with { Method = "fastervlm" },
            "cls-last" => run with { Method = "fastervlm", Options = "layer=-1" },
            _ => run with { Method = parts[0] },
        };
    }
}
