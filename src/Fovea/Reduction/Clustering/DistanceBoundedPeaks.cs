using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// DBDPC, distance-bounded density peak clustering (PACT, arXiv 2504.08966; orailix/PACT): no point is farther than the cutoff from its centre, and no two
/// centres are within it. Densities Σ_j exp(−(D_ij / 2)²) under the cosine distance; points are visited from the densest down, and one becomes a centre if
/// no centre lies within the cutoff. That equals the reference's parallel rounds whenever densities differ; of equal densities the higher index is visited
/// first. Cost: n²·width once, then n per centre. Deterministic.
/// </summary>
public static class DistanceBoundedPeaks
{
    /// <summary>The centre of every point.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="cutoff">The bound. 0 makes every point a centre, exact duplicates aside.</param>
    /// <param name="byRank">Whether densities are compared by rank; if not, equal densities count as denser in both directions, as in the reference's rounds.</param>
    public static Clusters Cluster(Compute compute, Tensor vectors, double cutoff, bool byRank = true)
    {
        var distances = new CosineDistances(compute, vectors);
        float[] densities = distances.Densities();
        int[] centres = byRank ? Greedy(distances, densities, (float)cutoff) : DensityRounds.Centres(distances, densities, (float)cutoff);
        var (labels, nearest) = Assign(distances, centres);
        return new Clusters(labels) { Centres = centres, Distances = nearest, Unit = distances.Unit };
    }

    /// <summary>
    /// The centre nearest to each of further points, or −1 if that is farther than <paramref name="radius"/>. Here distances are not clamped at 0.
    /// </summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="clusters">What <see cref="Cluster"/> found.</param>
    /// <param name="vectors">[m, width].</param>
    /// <param name="radius">The largest distance.</param>
    public static int[] Recover(Compute compute, Clusters clusters, Tensor vectors, float radius)
    {
        var labels = new int[vectors.Rows];
        Array.Fill(labels, -1);
        if (clusters.Centres.Count == 0 || labels.Length == 0 || clusters.Unit is null)
        {
            return labels;
        }

        var unit = CosineDistances.Normalized(compute, vectors);
        var centres = compute.Rent(clusters.Centres.Count, vectors.RowLength);
        compute.Gather(clusters.Unit, [.. clusters.Centres], centres);
        ProductTiles.ForEach(compute, unit, centres, (start, products) =>
        {
            for (int row = 0; row < products.Rows; row++)
            {
                int best = TensorPrimitives.IndexOfMax<float>(products.Row<float>(row));
                if (1 - products.Row<float>(row)[best] <= radius)
                {
                    labels[start + row] = clusters.Centres[best];
                }
            }
        });

        return labels;
    }

    private static int[] Greedy(CosineDistances distances, float[] densities, float cutoff)
    {
        int[] order = Order.Ascending(densities);
        var covered = new bool[order.Length];
        var centres = new List<int>();
        for (int place = order.Length - 1; place >= 0; place--)
        {
            int point = order[place];
            if (covered[point])
            {
                continue;
            }

            centres.Add(point);
            DensityRounds.Cover(distances.Row(point), cutoff, covered);
        }

        centres.Sort();
        return [.. centres];
    }

    private static (int[] Labels, float[] Nearest) Assign(CosineDistances distances, int[] centres)
    {
        var labels = new int[distances.Count];
        var nearest = new float[labels.Length];
        Array.Fill(labels, -1);
        Array.Fill(nearest, float.PositiveInfinity);
        foreach (int centre in centres)
        {
            var row = distances.Row(centre);
            for (int i = 0; i < labels.Length; i++)
            {
                if (row[i] < nearest[i])
                {
                    nearest[i] = row[i];
                    labels[i] = centre;
                }
            }
        }

        foreach (int centre in centres)
        {
            labels[centre] = centre;
            nearest[centre] = 0;
        }

        return (labels, nearest);
    }
}
