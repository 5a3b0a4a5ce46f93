namespace Fovea.Training.Differentiable;

/// <summary>A QueCC projector in front of a base model that has none, or one that is replaced.</summary>
public sealed record QueccStart
{
    /// <summary>Side of a cell of the convolution, in patches.</summary>
    public required int Kernel { get; init; }

    /// <summary>From one cell to the next, in patches.</summary>
    public required int Stride { get; init; }

    /// <summary>What follows the compressor: <c>linear</c> or <c>mlpNx_gelu</c>.</summary>
    public string ProjectorType { get; init; } = "mlp2x_gelu";

    /// <summary>
    /// The hidden states of the encoder that keys and values are made of; none = 12, 16, 22 and 23, as published, where the encoder has that many, else the
    /// last four up to the selected one.
    /// </summary>
    public IReadOnlyList<int>? Levels { get; init; }

    /// <summary>The hidden state that queries are made of, counted from the end if it is negative; none = that of the base model, else −2.</summary>
    public int? SelectLayer { get; init; }

    /// <summary><c>square</c> (resized and cropped) or <c>pad</c>; none = as the base model has it, else <c>square</c>.</summary>
    public string? ImageAspectRatio { get; init; }

    /// <summary>Most tokens of a sample, the visual ones included.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>The folder of the vision encoder; none = that of the base model. A language model alone needs one.</summary>
    public string? VisionTower { get; init; }

    /// <summary>A projector to begin with: <c>mm_projector.bin</c>, or a folder that holds it; none = a new one.</summary>
    public string? Projector { get; init; }

    /// <summary>Of the new projector's random numbers.</summary>
    public ulong Seed { get; init; } = 42;
}
