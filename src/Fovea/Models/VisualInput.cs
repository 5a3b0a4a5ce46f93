using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>The pictures and videos of a prompt as the encoder takes them, with the place of every visual token they will become.</summary>
/// <param name="Pixels">What the encoder reads; [tiles, channels, height, width], normalised, or rows of patches; owned.</param>
/// <param name="Geometry">The visual tokens in the order of the sequence.</param>
/// <param name="Packing">From projected feature rows to those visual tokens.</param>
public record VisualInput(Tensor Pixels, Geometry Geometry, TokenPacking Packing) : IDisposable
{
    /// <summary>The rows of the encoder's stream that become feature rows, where features are picked from it.</summary>
    public IReadOnlyList<int> FeatureRows { get; init; } = [];

    /// <summary>What is asked of them, where the visual tokens depend on it: the ids that the language model reads for its text feature.</summary>
    public IReadOnlyList<int> Question { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the pixels.</summary>
    protected virtual void Dispose(bool disposing) => Pixels.Dispose();
}
