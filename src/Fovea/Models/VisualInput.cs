using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>The pictures and videos of a prompt as the encoder takes them, with the place of every visual token they will become.</summary>
/// <param name="Pixels">What the encoder reads; [tiles, channels, height, width], normalised, or rows of patches; owned.</param>
/// <param name="Geometry">The visual tokens in the order of the sequence.</param>
/// <param name="Packing">From projected feature rows to those visual tokens.</param>
public record VisualInput(Tensor Pixels, Geometry Geometry, TokenPacking Packing) : IDisposable
{
    /// <summary>The pictures and videos, in the order of the prompt.</summary>
    public required IReadOnlyList<PictureSlice> Pictures { get; init; }

    /// <summary>The rows of the encoder's stream that become feature rows, where features are picked from it; ascending.</summary>
    public IReadOnlyList<int> FeatureRows { get; init; } = [];

    /// <summary>What is asked of them, where the visual tokens depend on it: the ids that the language model reads for its text feature.</summary>
    public IReadOnlyList<int> Question { get; init; } = [];

    /// <summary>Some of the pictures for the encoder alone, which sees no difference; geometry and packing stay those of the whole.</summary>
    /// <param name="pictures">Indices into <see cref="Pictures"/>, in the order of the pixels.</param>
    /// <param name="tokensPerTile">Rows of the encoder's stream that one row of pixels becomes.</param>
    /// <returns>Pixels of its own; owned by the caller.</returns>
    internal VisualInput Select(IReadOnlyList<int> pictures, int tokensPerTile)
    {
        var slices = new PictureSlice[pictures.Count];
        var rows = new List<int>();
        var places = new Dictionary<int, int>();
        int features = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            var slice = Pictures[pictures[i]];
            slices[i] = slice with { FirstRow = rows.Count, FirstFeature = features };
            features += slice.Features;
            for (int row = slice.FirstRow; row < slice.FirstRow + slice.Rows; row++)
            {
                places.Add(row, rows.Count);
                rows.Add(row);
            }
        }

        return WithPixels(pictures, rows) with
        {
            Pictures = slices,
            FeatureRows = [.. FeatureRows.Where(row => places.ContainsKey(row / tokensPerTile)).Select(row => (places[row / tokensPerTile] * tokensPerTile) + (row % tokensPerTile))],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The same with some of the pictures' pixels alone, copied.</summary>
    /// <param name="pictures">Indices into <see cref="Pictures"/>.</param>
    /// <param name="rows">Their rows of pixels, counted as <see cref="PictureSlice.FirstRow"/>.</param>
    private protected virtual VisualInput WithPixels(IReadOnlyList<int> pictures, IReadOnlyList<int> rows) => this with { Pixels = RowsOf(Pixels, rows) };

    /// <summary>A copy of some rows.</summary>
    private protected static Tensor RowsOf(Tensor pixels, IReadOnlyList<int> rows)
    {
        int[] extents = pixels.Shape.ToArray();
        extents[0] = rows.Count;
        var copy = Tensor.Allocate(extents);
        for (int i = 0; i < rows.Count; i++)
        {
            pixels.Row<float>(rows[i]).CopyTo(copy.Row<float>(i));
        }

        return copy;
    }

    /// <summary>Frees the pixels.</summary>
    protected virtual void Dispose(bool disposing) => Pixels.Dispose();
}
