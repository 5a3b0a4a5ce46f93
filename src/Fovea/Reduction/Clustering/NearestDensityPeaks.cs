using Fovea.Tensors;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// Density peaks from nearest neighbours, as SparseVLM (Gumpest/SparseVLMs) recycles tokens: distance ‖x_i − x_j‖ / √width, density exp(−mean of the squares
/// of the <c>count</c> smallest distances, its own 0 included), separation = distance to the nearest denser point, or the largest distance of all where there
/// is none. Centres are the largest products; every other point joins the nearest centre. Deterministic: of equal densities the lower index is the denser
/// (the reference draws noise), of equal products and distances the lower index comes first. With as many centres as points every point is its own, in their order.
/// </summary>
public sealed class NearestDensityPeaks
{
    private NearestDensityPeaks(double[] density, double[] separation, int[] centres, int[] assignment)
    {
        Density = density;
        Separation = separation;
        Centres = centres;
        Assignment = assignment;
    }

    /// <summary>Density of each point.</summary>
    public IReadOnlyList<double> Density { get; }

    /// <summary>Distance of each point to a denser one.</summary>
    public IReadOnlyList<double> Separation { get; }

    /// <summary>The centres, the most prominent first.</summary>
    public IReadOnlyList<int> Centres { get; }

    /// <summary>For each point the place of its centre among <see cref="Centres"/>.</summary>
    public IReadOnlyList<int> Assignment { get; }

    /// <summary>Clusters points.</summary>
    /// <param name="vectors">[n, width].</param>
    /// <param name="count">Centres, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to n.</exception>
    public static NearestDensityPeaks Cluster(Tensor vectors, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, vectors.Rows);
        var distances = Distances(vectors);
        int n = vectors.Rows;
        double[] density = [.. distances.Select(row => Math.Exp(-row.Order().Take(count).Sum(distance => distance * distance) / count))];
        double farthest = distances.Max(row => row.Max());
        var separation = new double[n];
        for (int i = 0; i < n; i++)
        {
            separation[i] = Enumerable.Range(0, n)
                .Where(j => density[j] > density[i] || (density[j] == density[i] && j < i))
                .Select(j => distances[i][j]).DefaultIfEmpty(farthest).Min();
        }

        int[] centres = count == n ? [.. Enumerable.Range(0, n)] : [.. Enumerable.Range(0, n).OrderByDescending(i => density[i] * separation[i]).Take(count)];
        int[] assignment = [.. distances.Select(row => centres.Index().MinBy(centre => row[centre.Item]).Index)];
        foreach (var (place, centre) in centres.Index())
        {
            assignment[centre] = place;
        }

        return new NearestDensityPeaks(density, separation, centres, assignment);
    }

    /// <summary>Each pair once, so that both directions are the same to the last bit.</summary>
    private static double[][] Distances(Tensor vectors)
    {
        int n = vectors.Rows;
        double[][] distances = [.. Enumerable.Range(0, n).Select(_ => new double[n])];
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                double sum = 0;
                var a = vectors.Row<float>(i);
                var b = vectors.Row<float>(j);
                for (int k = 0; k < a.Length; k++)
                {
                    double difference = (double)a[k] - b[k];
                    sum += difference * difference;
                }

                distances[i][j] = distances[j][i] = Math.Sqrt(sum / a.Length);
            }
        }

        return distances;
    }
}
