using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// Density peak clustering (Rodriguez and Laio 2014, as orailix/PACT has it): density ρ_i = Σ_j exp(−(D_ij / 2)²) under the cosine distance, δ_i = distance
/// to the nearest point at least as dense, centres = largest ρ·δ; every other point follows that neighbour, from the densest down. Deterministic.
/// </summary>
public static class DensityPeaks
{
    /// <summary>The centre of every point.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="count">Centres, from 0 to n. With none, every label is −1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not from 0 to n.</exception>
    /// <remarks>Deviation: where equal densities lead a chain in a circle, which the reference leaves without a centre, the point takes the nearest centre.</remarks>
    public static Clusters Cluster(Compute compute, Tensor vectors, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, vectors.Rows);
        var distances = new CosineDistances(compute, vectors);
        float[] density = distances.Densities();
        var (neighbour, score) = DenserNeighbours(distances, density);
        var labels = new int[density.Length];
        Array.Fill(labels, -1);
        int[] centres = Order.Descending(score)[..count];
        foreach (int centre in centres)
        {
            labels[centre] = centre;
        }

        Array.Sort(centres);
        foreach (int point in Order.Descending(density))
        {
            if (labels[point] < 0 && count > 0)
            {
                int followed = neighbour[point] >= 0 ? labels[neighbour[point]] : -1;
                labels[point] = followed >= 0 ? followed : Nearest(distances.Row(point), centres);
            }
        }

        return new Clusters(labels);
    }

    private static (int[] Neighbour, float[] Score) DenserNeighbours(CosineDistances distances, float[] density)
    {
        var neighbour = new int[density.Length];
        var score = new float[density.Length];
        for (int i = 0; i < density.Length; i++)
        {
            var row = distances.Row(i);
            float nearest = float.PositiveInfinity;
            neighbour[i] = -1;
            for (int j = 0; j < density.Length; j++)
            {
                if (j != i && density[j] >= density[i] && row[j] < nearest)
                {
                    nearest = row[j];
                    neighbour[i] = j;
                }
            }

            score[i] = density[i] * nearest;
        }

        return (neighbour, score);
    }

    private static int Nearest(ReadOnlySpan<float> distances, int[] centres)
    {
        int best = centres[0];
        foreach (int centre in centres)
        {
            best = distances[centre] < distances[best] ? centre : best;
        }

        return best;
    }
}
