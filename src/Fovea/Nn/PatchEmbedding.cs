using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>
/// A convolution whose stride is its kernel size, as one matrix product over flattened patches (channel, y, x).
/// Rows and columns of the picture beyond a whole number of patches are dropped.
/// </summary>
public sealed class PatchEmbedding : IDisposable
{
    private readonly Linear _projection;
    private readonly int _channels;
    private readonly int _patch;

    /// <summary>Owns the projection [width, channels · patch · patch].</summary>
    public PatchEmbedding(Linear projection, int channels, int patch)
    {
        _projection = projection;
        _channels = channels;
        _patch = patch;
    }

    /// <summary>Embeds pictures of one size.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="pixels">[pictures, channels, height, width].</param>
    /// <returns>[pictures · rows · columns of patches, width], raster order per picture, rented.</returns>
    public Tensor Forward(Compute compute, Tensor pixels)
    {
        int rows = pixels.Shape[2] / _patch, columns = pixels.Shape[3] / _patch;
        var patches = compute.Rent(pixels.Rows * rows * columns, _channels * _patch * _patch);
        for (int picture = 0; picture < pixels.Rows; picture++)
        {
            var source = pixels.Row<float>(picture);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    Flatten(source, pixels.Shape[2], pixels.Shape[3], row, column, patches.Row<float>((((picture * rows) + row) * columns) + column));
                }
            }
        }

        return _projection.Forward(compute, patches);
    }

    /// <inheritdoc/>
    public void Dispose() => _projection.Dispose();

    private void Flatten(ReadOnlySpan<float> picture, int height, int width, int row, int column, Span<float> patch)
    {
        for (int channel = 0; channel < _channels; channel++)
        {
            for (int y = 0; y < _patch; y++)
            {
                int from = (((channel * height) + (row * _patch) + y) * width) + (column * _patch);
                picture.Slice(from, _patch).CopyTo(patch[(((channel * _patch) + y) * _patch)..]);
            }
        }
    }
}
