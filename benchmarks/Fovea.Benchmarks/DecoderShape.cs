namespace Fovea.Benchmarks;

/// <summary>Sizes of a language model.</summary>
internal sealed record DecoderShape(int Hidden, int Inner, int Layers, int Heads, int KeyHeads, int HeadSize, int Vocabulary)
{
    /// <summary>Whether queries, keys and values have biases (Qwen2).</summary>
    public bool Bias { get; init; }

    /// <summary>Whether queries and keys are normed (Qwen3).</summary>
    public bool HeadNorm { get; init; }
}
