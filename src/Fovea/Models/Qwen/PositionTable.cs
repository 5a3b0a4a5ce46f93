using Fovea.Imaging;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Qwen;

/// <summary>
/// Qwen3-VL's learned positions: a square table, stretched bilinearly over the grid of a picture so that the corners fall on the corners.
/// </summary>
internal sealed class PositionTable(Tensor table) : IDisposable
{
    private readonly int _side = (int)Math.Sqrt(table.Rows);

    /// <summary>Bytes of the table.</summary>
    public long Bytes => table.Shape.Count * sizeof(float);

    /// <summary>The positions of all patches in stream order: [patches, width], rented.</summary>
    public Tensor Rows(Compute compute, IReadOnlyList<PatchGrid> grids, int merge)
    {
        int patches = grids.Sum(grid => grid.Count);
        var offsets = new int[patches + 1];
        var columns = new int[4 * patches];
        var weights = new float[4 * patches];
        int next = 0;
        foreach (var grid in grids)
        {
            var places = PatchOrder.OfFrame(grid, merge);
            for (int i = 0; i < grid.Count; i++)
            {
                var (row, column) = places[i % places.Length];
                var (top, bottom, dy) = Between(row, grid.Rows);
                var (left, right, dx) = Between(column, grid.Columns);
                int at = 4 * next;
                (columns[at], weights[at]) = ((top * _side) + left, (1 - dy) * (1 - dx));
                (columns[at + 1], weights[at + 1]) = ((top * _side) + right, (1 - dy) * dx);
                (columns[at + 2], weights[at + 2]) = ((bottom * _side) + left, dy * (1 - dx));
                (columns[at + 3], weights[at + 3]) = ((bottom * _side) + right, dy * dx);
                offsets[++next] = at + 4;
            }
        }

        return compute.Combine(table, offsets, columns, weights);
    }

    /// <inheritdoc/>
    public void Dispose() => table.Dispose();

    private (int First, int Second, float Share) Between(int place, int count)
    {
        double exact = count > 1 ? (double)place * (_side - 1) / (count - 1) : 0;
        int first = (int)exact;
        return (first, Math.Min(first + 1, _side - 1), (float)(exact - first));
    }
}
