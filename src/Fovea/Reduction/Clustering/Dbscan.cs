using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// DBSCAN (Ester et al. 1996) on vectors of length one, as orailix/PACT means it: neighbours are within ε in Euclidean distance, a point with enough of them
/// (itself counted) is a core point, groups grow from core points in the order of the points, and a border point joins the first group that reaches it. The
/// representative is the member with most points of any group within ε in cosine distance; of equal counts the lower index. Deterministic.
/// </summary>
public static class Dbscan
{
    /// <summary>Clusters points.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="leastNeighbours">Neighbours of a core point, itself counted.</param>
    /// <param name="noiseAsClusters">Whether points of no group are groups of their own; if not, their label is −1.</param>
    public static Clusters Cluster(Compute compute, Tensor vectors, double epsilon, int leastNeighbours = 5, bool noiseAsClusters = false)
    {
        var distances = new CosineDistances(compute, vectors);
        int[] groups = Groups(distances, (float)epsilon, leastNeighbours);
        int next = vectors.Rows;
        for (int i = 0; i < groups.Length && noiseAsClusters; i++)
        {
            groups[i] = groups[i] < 0 ? next++ : groups[i];
        }

        var within = new int[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            var row = distances.Row(i);
            for (int j = 0; j < groups.Length && groups[i] >= 0; j++)
            {
                within[i] += groups[j] >= 0 && row[j] <= (float)epsilon ? 1 : 0;
            }
        }

        return Clusters.Of(groups, members => members.MaxBy(member => within[member]));
    }

    private static int[] Groups(CosineDistances distances, float epsilon, int least)
    {
        int n = distances.Count;
        var lengths = new float[n];
        for (int i = 0; i < n; i++)
        {
            lengths[i] = TensorPrimitives.SumOfSquares<float>(distances.Unit.Row<float>(i));
        }

        var core = new bool[n];
        for (int i = 0; i < n; i++)
        {
            core[i] = Neighbours(distances, lengths, i, epsilon).Count >= least;
        }

        var groups = new int[n];
        Array.Fill(groups, -1);
        int group = 0;
        for (int i = 0; i < n; i++)
        {
            if (core[i] && groups[i] < 0)
            {
                Grow(distances, lengths, epsilon, core, groups, i, group++);
            }
        }

        return groups;
    }

    private static void Grow(CosineDistances distances, float[] lengths, float epsilon, bool[] core, int[] groups, int seed, int group)
    {
        var open = new Stack<int>([seed]);
        groups[seed] = group;
        while (open.TryPop(out int point))
        {
            foreach (int neighbour in Neighbours(distances, lengths, point, epsilon))
            {
                if (groups[neighbour] < 0)
                {
                    groups[neighbour] = group;
                    if (core[neighbour])
                    {
                        open.Push(neighbour);
                    }
                }
            }
        }
    }

    /// <summary>|u − v|² = |u|² + |v|² − 2⟨u, v⟩; a zero vector has length zero.</summary>
    private static List<int> Neighbours(CosineDistances distances, float[] lengths, int point, float epsilon)
    {
        var neighbours = new List<int>();
        var row = distances.Row(point);
        for (int j = 0; j < lengths.Length; j++)
        {
            float squared = lengths[point] + lengths[j] - (2 * (1 - row[j]));
            if (j == point || MathF.Sqrt(Math.Max(squared, 0)) <= epsilon)
            {
                neighbours.Add(j);
            }
        }

        return neighbours;
    }
}
