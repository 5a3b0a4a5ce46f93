namespace Fovea.Training.Runs;

/// <summary>What a run is going to do.</summary>
public sealed record TrainingPlan
{
    /// <summary>The folder of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Visual tokens of a picture, as the language model sees them.</summary>
    public required int VisualTokens { get; init; }

    /// <summary>Numbers in all parameters, those of the vision encoder left out.</summary>
    public required long Parameters { get; init; }

    /// <summary>Numbers in the parameters that are trained.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Names and shapes of the parameters that are trained.</summary>
    public required IReadOnlyList<string> Trained { get; init; }

    /// <summary>Samples that can be read.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples of which it is known that they cannot be used; more may turn up when pictures are decoded.</summary>
    public required int Skipped { get; init; }

    /// <summary>Samples that are held out.</summary>
    public required int EvalSamples { get; init; }

    /// <summary>Questions that are asked to measure.</summary>
    public required int EvalQuestions { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public required int StepsPerEpoch { get; init; }

    /// <summary>Steps of the run.</summary>
    public required int Steps { get; init; }

    /// <summary>Steps of the warm-up.</summary>
    public required int WarmupSteps { get; init; }

    /// <summary>Memory with a micro-batch of the samples that have the most words.</summary>
    public required TrainingMemory Memory { get; init; }
}
