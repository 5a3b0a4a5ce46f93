using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>The pictures of a prompt as the encoder takes them, with the place of every visual token they will become.</summary>
/// <param name="Pixels">[tiles, channels, height, width], normalised; owned.</param>
/// <param name="Geometry">The visual tokens in the order of the sequence.</param>
public sealed record VisualInput(Tensor Pixels, Geometry Geometry) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Pixels.Dispose();
}
