namespace Fovea.Evaluation;

/// <summary>A question and what the model said.</summary>
public sealed record AnsweredQuestion
{
    /// <summary>The question's id.</summary>
    public required string Id { get; init; }

    /// <summary>The question's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The right answer.</summary>
    public required string Answer { get; init; }

    /// <summary>What the model said.</summary>
    public required string Prediction { get; init; }

    /// <summary>Whether it is right, by <see cref="AnswerScore.IsExact"/>.</summary>
    public required bool Correct { get; init; }

    /// <summary>For captions the share of things named rightly, by <see cref="AnswerScore.ItemF1"/>.</summary>
    public double? F1 { get; init; }

    /// <summary>Visual tokens in the last decoder layer.</summary>
    public required int VisualTokens { get; init; }

    /// <summary>Tokens of the prompt without reduction.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that were generated.</summary>
    public required int NewTokens { get; init; }

    /// <summary>What it cost, where that was noted.</summary>
    public AnswerCost? Cost { get; init; }

    /// <summary>The settings under which it was answered.</summary>
    public required EvaluationRun Run { get; init; }
}
