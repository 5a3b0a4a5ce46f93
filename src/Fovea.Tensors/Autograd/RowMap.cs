using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

/// <summary>
/// A fixed linear map of rows: result row i is the sum of its entries' weights times source rows. Gathering, pooling, resizing and token maps are such maps;
/// what flows back is the transposed map.
/// </summary>
public sealed class RowMap
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _weights;

    private RowMap(int sources, int[] offsets, int[] columns, float[] weights)
    {
        (Sources, _offsets, _columns, _weights) = (sources, offsets, columns, weights);
    }

    /// <summary>Rows of the source.</summary>
    public int Sources { get; }

    /// <summary>Rows of the result.</summary>
    public int Results => _offsets.Length - 1;

    /// <summary>A map from the entries of each result row.</summary>
    /// <exception cref="ArgumentException">An entry outside the source.</exception>
    public static RowMap Of(int sources, IReadOnlyList<IReadOnlyList<(int Source, float Weight)>> rows)
    {
        var offsets = new int[rows.Count + 1];
        for (int row = 0; row < rows.Count; row++)
        {
            offsets[row + 1] = checked(offsets[row] + rows[row].Count);
        }

        var entries = rows.SelectMany(row => row).ToArray();
        if (Array.Exists(entries, entry => (uint)entry.Source >= (uint)sources))
        {
            throw new ArgumentException($"An entry lies outside the {sources} source rows.", nameof(rows));
        }

        return new RowMap(sources, offsets, Array.ConvertAll(entries, entry => entry.Source), Array.ConvertAll(entries, entry => entry.Weight));
    }

    /// <summary>Result row i is a copy of source row indices[i]; a negative index gives zeros.</summary>
    /// <exception cref="ArgumentException">An index outside the source.</exception>
    public static RowMap Gather(int sources, IReadOnlyList<int> indices) =>
        Of(sources, [.. indices.Select(index => index < 0 ? Array.Empty<(int, float)>() : [(index, 1f)])]);

    /// <summary>The map with rows and columns exchanged.</summary>
    public RowMap Transpose()
    {
        var offsets = new int[Sources + 1];
        foreach (int column in _columns)
        {
            offsets[column + 1]++;
        }

        for (int i = 0; i < Sources; i++)
        {
            offsets[i + 1] += offsets[i];
        }

        var next = offsets.ToArray();
        var columns = new int[_columns.Length];
        var weights = new float[_weights.Length];
        for (int row = 0; row < Results; row++)
        {
            for (int e = _offsets[row]; e < _offsets[row + 1]; e++)
            {
                int place = next[_columns[e]]++;
                (columns[place], weights[place]) = (row, _weights[e]);
            }
        }

        return new RowMap(Results, offsets, columns, weights);
    }

    internal Tensor Apply(Compute compute, Tensor source) => compute.Combine(source, _offsets, _columns, _weights);
}
