namespace Fovea.Benchmarks;

/// <summary>Sizes of a vision encoder.</summary>
internal sealed record EncoderShape(int Width, int Inner, int Blocks, int Side, int Patch);
