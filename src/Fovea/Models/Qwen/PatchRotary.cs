using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Qwen;

/// <summary>
/// Two-dimensional rotary embedding of patches: half of the rotated pairs turn with the row, half with the column, at frequencies 10000^(−4j/d) for heads of d.
/// Rows and columns start again in every frame; time turns nothing.
/// </summary>
internal sealed class PatchRotary
{
    private const float Theta = 10000;

    private readonly float[] _frequencies;

    /// <summary>For heads of <paramref name="headSize"/>, a multiple of 4.</summary>
    public PatchRotary(int headSize)
    {
        _frequencies = new float[headSize / 4];
        for (int j = 0; j < _frequencies.Length; j++)
        {
            _frequencies[j] = 1 / MathF.Pow(Theta, 2f * j / (headSize / 2));
        }
    }

    /// <summary>Angles per patch: those of the row, then those of the column.</summary>
    public int Length => 2 * _frequencies.Length;

    /// <summary>Writes the angles of all patches in stream order.</summary>
    /// <param name="grids">The pictures and videos.</param>
    /// <param name="merge">Side of a merged token in patches.</param>
    /// <param name="angles">Receives [patches, <see cref="Length"/>].</param>
    public void Angles(IReadOnlyList<PatchGrid> grids, int merge, Tensor angles)
    {
        int next = 0;
        foreach (var grid in grids)
        {
            var places = PatchOrder.OfFrame(grid, merge);
            for (int i = 0; i < grid.Count; i++)
            {
                var (row, column) = places[i % places.Length];
                var target = angles.Row<float>(next++);
                for (int j = 0; j < _frequencies.Length; j++)
                {
                    target[j] = row * _frequencies[j];
                    target[_frequencies.Length + j] = column * _frequencies[j];
                }
            }
        }
    }
}
