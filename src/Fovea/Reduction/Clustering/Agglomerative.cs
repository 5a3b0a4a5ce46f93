using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// Agglomerative clustering under the cosine distance: the closest two groups are joined until the wanted number is left. Single linkage by the minimum
/// spanning tree, average and complete linkage by chains of nearest neighbours with the Lance–Williams update (Müllner 2011), in f64. Equals scikit-learn's
/// <c>AgglomerativeClustering</c> on precomputed distances. The representative is the member nearest to the mean of the group's vectors. Memory of average and
/// complete linkage: n² f64. Deterministic; of equal distances the first found is joined first.
/// </summary>
public static class Agglomerative
{
    /// <summary>Clusters points.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="count">Groups that are left, from 1 to n.</param>
    /// <param name="linkage">The distance between groups.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not from 1 to n.</exception>
    public static Clusters Cluster(Compute compute, Tensor vectors, int count, Linkage linkage)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, vectors.Rows);
        var distances = new CosineDistances(compute, vectors, clamped: false);
        var joins = linkage == Linkage.Single ? SpanningTree(distances) : NeighbourChains(distances, linkage);
        var group = new int[vectors.Rows];
        for (int i = 0; i < group.Length; i++)
        {
            group[i] = i;
        }

        foreach (var (a, b, _) in joins.OrderBy(join => join.Height).Take(group.Length - count))
        {
            group[Root(group, a)] = Root(group, b);
        }

        int[] groups = [.. Enumerable.Range(0, group.Length).Select(point => Root(group, point))];
        return Clusters.Of(groups, members => Representative(vectors, members));
    }

    private static int Root(int[] group, int point)
    {
        while (group[point] != point)
        {
            group[point] = group[group[point]];
            point = group[point];
        }

        return point;
    }

    private static List<(int A, int B, double Height)> SpanningTree(CosineDistances distances)
    {
        int n = distances.Count;
        var joins = new List<(int, int, double)>(n);
        var nearest = new float[n];
        var partner = new int[n];
        var reached = new bool[n];
        Array.Fill(nearest, float.PositiveInfinity);
        int last = 0;
        for (int step = 1; step < n; step++)
        {
            reached[last] = true;
            var row = distances.Row(last);
            int next = -1;
            for (int i = 0; i < n; i++)
            {
                if (reached[i])
                {
                    continue;
                }

                if (row[i] < nearest[i])
                {
                    nearest[i] = row[i];
                    partner[i] = last;
                }

                next = next < 0 || nearest[i] < nearest[next] ? i : next;
            }

            joins.Add((partner[next], next, nearest[next]));
            last = next;
        }

        return joins;
    }

    private static List<(int A, int B, double Height)> NeighbourChains(CosineDistances distances, Linkage linkage)
    {
        int n = distances.Count;
        var between = new double[n][];
        var sizes = new int[n];
        for (int i = 0; i < n; i++)
        {
            between[i] = Array.ConvertAll(distances.Row(i).ToArray(), distance => (double)distance);
            sizes[i] = 1;
        }

        var joins = new List<(int, int, double)>(n);
        var chain = new List<int>(n);
        while (joins.Count < n - 1)
        {
            if (chain.Count == 0)
            {
                chain.Add(Array.FindIndex(sizes, size => size > 0));
            }

            int end = chain[^1], before = chain.Count > 1 ? chain[^2] : -1;
            int nearest = Nearest(between[end], sizes, end, before);
            if (nearest != before)
            {
                chain.Add(nearest);
                continue;
            }

            chain.RemoveRange(chain.Count - 2, 2);
            joins.Add((end, before, between[end][before]));
            Join(between, sizes, end, before, linkage);
        }

        return joins;
    }

    /// <summary>The nearest group; the one before in the chain wins a tie, so that chains end.</summary>
    private static int Nearest(double[] distances, int[] sizes, int self, int before)
    {
        int best = before;
        double nearest = before >= 0 ? distances[before] : double.PositiveInfinity;
        for (int i = 0; i < distances.Length; i++)
        {
            if (sizes[i] > 0 && i != self && (distances[i] < nearest || best < 0))
            {
                nearest = distances[i];
                best = i;
            }
        }

        return best;
    }

    private static void Join(double[][] between, int[] sizes, int gone, int into, Linkage linkage)
    {
        double share = (double)sizes[gone] / (sizes[gone] + sizes[into]);
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == 0 || i == gone || i == into)
            {
                continue;
            }

            double a = between[gone][i], b = between[into][i];
            between[into][i] = between[i][into] = linkage == Linkage.Average ? (share * a) + ((1 - share) * b) : Math.Max(a, b);
        }

        sizes[into] += sizes[gone];
        sizes[gone] = 0;
    }

    private static int Representative(Tensor vectors, int[] members)
    {
        var mean = new float[vectors.RowLength];
        foreach (int member in members)
        {
            TensorPrimitives.Add<float>(mean, vectors.Row<float>(member), mean);
        }

        int best = members[0];
        float nearest = float.NegativeInfinity;
        foreach (int member in members)
        {
            var row = vectors.Row<float>(member);
            float similarity = TensorPrimitives.Dot<float>(row, mean) / Math.Max(TensorPrimitives.Norm<float>(row), 1e-12f);
            if (similarity > nearest)
            {
                nearest = similarity;
                best = member;
            }
        }

        return best;
    }
}
