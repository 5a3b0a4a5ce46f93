using Fovea.Tensors;

namespace Fovea.Nn;

/// <summary>Of every one of equal groups of a matrix's rows, as many rows from one on.</summary>
/// <param name="Row">The first row in each group.</param>
/// <param name="Share">Rows of each group.</param>
/// <param name="Groups">Groups.</param>
internal readonly record struct RowTurns(int Row, int Share, int Groups)
{
    /// <summary>All rows that are taken.</summary>
    public int Count => Share * Groups;

    /// <summary>A copy of these rows.</summary>
    public Tensor Of(Tensor stored)
    {
        int group = stored.Rows / Groups;
        var extents = stored.Shape.ToArray();
        extents[0] = Count;
        var rows = Tensor.Allocate(stored.ElementType, new Shape(extents));
        for (int i = 0; i < Groups; i++)
        {
            stored.Slice((i * group) + Row, Share).Bytes().CopyTo(rows.Slice(i * Share, Share).Bytes());
        }

        return rows;
    }

    /// <summary>Tells these rows from others of the same matrix.</summary>
    public override string ToString() => $"rows {Row} to {Row + Share} of {Groups} groups";
}
