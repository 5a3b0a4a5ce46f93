using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// ToMe's matching (arXiv 2210.09461; orailix/PACT's variant): the points at even places look for the most similar one at an odd place, and those with the
/// best match are merged into it. No point is protected. Of equal similarities the lower index wins. Cost: n²·width / 4. Deterministic. Deviation from the
/// repository: a zero vector has similarity 0 to everything instead of none.
/// </summary>
public static class BipartiteMatching
{
    /// <summary>Merges that a step can do on <paramref name="count"/> points: half of them less two.</summary>
    public static int Clip(int merges, int count) => Math.Max(Math.Min(merges, (count / 2) - 2), 0);

    /// <summary>The point that each one is merged into.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="merges">Points to merge away, clipped to <see cref="Clip"/>.</param>
    public static Clusters Cluster(Compute compute, Tensor vectors, int merges)
    {
        int n = vectors.Rows;
        merges = Clip(merges, n);
        var labels = Clusters.Singletons(n).Labels;
        if (merges == 0)
        {
            return new Clusters(labels);
        }

        var unit = CosineDistances.Normalized(compute, vectors);
        var even = Every(compute, unit, 0);
        var best = new int[even.Rows];
        var value = new float[even.Rows];
        ProductTiles.ForEach(compute, even, Every(compute, unit, 1), (start, similarity) =>
        {
            for (int row = 0; row < similarity.Rows; row++)
            {
                best[start + row] = TensorPrimitives.IndexOfMax<float>(similarity.Row<float>(row));
                value[start + row] = similarity.Row<float>(row)[best[start + row]];
            }
        });

        foreach (int a in Order.Descending(value).AsSpan(0, merges))
        {
            labels[2 * a] = (2 * best[a]) + 1;
        }

        return new Clusters(labels);
    }

    private static Tensor Every(Compute compute, Tensor rows, int first)
    {
        int[] places = [.. Enumerable.Range(0, (rows.Rows - first + 1) / 2).Select(i => (2 * i) + first)];
        var gathered = compute.Rent(places.Length, rows.RowLength);
        compute.Gather(rows, places, gathered);
        return gathered;
    }
}
