namespace Fovea.Reduction;

/// <summary>What a method may know about the model before it runs: only numbers.</summary>
/// <param name="EncoderBlocks">Blocks of the vision encoder.</param>
/// <param name="FeatureBlock">The block whose output becomes the visual features.</param>
/// <param name="DecoderLayers">Layers of the language model.</param>
public sealed record ModelShape(int EncoderBlocks, int FeatureBlock, int DecoderLayers)
{
    /// <summary>Query heads of a decoder layer.</summary>
    public int Heads { get; init; }

    /// <summary>Size of a decoder head.</summary>
    public int HeadSize { get; init; }
}
