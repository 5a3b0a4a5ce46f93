namespace Fovea.Training.Runs;

/// <summary>One line of metrics: what a step did, or what was measured after it.</summary>
public sealed record RunMetrics
{
    /// <summary>Steps taken by then.</summary>
    public required int Step { get; init; }

    /// <summary>The loss that the step descended.</summary>
    public double? Loss { get; init; }

    /// <summary>The learning rate that it used.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The norm of all gradients before clipping.</summary>
    public double? GradNorm { get; init; }

    /// <summary>Samples of the step.</summary>
    public int? Samples { get; init; }

    /// <summary>Its tokens, visual tokens included.</summary>
    public int? Tokens { get; init; }

    /// <summary>Its labels that counted.</summary>
    public int? Labels { get; init; }

    /// <summary>Samples a second since the line before.</summary>
    public double? SamplesPerSecond { get; init; }

    /// <summary>Tokens a second since the line before.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>The mean loss of a label of the samples that are held out.</summary>
    public double? EvalLoss { get; init; }

    /// <summary>Labels of the samples that are held out.</summary>
    public int? EvalLabels { get; init; }

    /// <summary>Percentage of the questions that are answered rightly.</summary>
    public double? EvalAccuracy { get; init; }

    /// <summary>The same by kind, as <see cref="Evaluation.Accuracy.ByKind"/>.</summary>
    public IReadOnlyDictionary<string, double>? EvalAccuracyByKind { get; init; }

    /// <summary>Questions that were asked.</summary>
    public int? EvalQuestions { get; init; }
}
