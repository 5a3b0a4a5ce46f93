using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// Lloyd's k-means as FAISS runs it (facebookresearch/faiss, Clustering; versions 1.7.3 and 1.10.0): squared Euclidean distances, a fixed number of rounds,
/// first centroids from a seeded permutation, at most 256 training points per centroid, empty clusters refilled by splitting. Deterministic.
/// </summary>
public static class KMeans
{
    private const uint Seed = 1234;
    private const int TrainingPointsEach = 256;
    private const float SplitStep = 1 / 1024f;

    /// <summary>Clusters points.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="points">[n, width], used as they are.</param>
    /// <param name="count">k, from 1 to n.</param>
    /// <param name="rounds">Rounds; there is no early stop.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not from 1 to n.</exception>
    public static KMeansResult Cluster(Compute compute, Tensor points, int count, int rounds = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, points.Rows);
        var training = TrainingPoints(compute, points, count);
        var centroids = compute.Rent(count, points.RowLength);
        var mark = compute.Arena.Top;
        if (training.Rows == count)
        {
            training.AsSpan<float>().CopyTo(centroids.AsSpan<float>());
        }
        else
        {
            compute.Gather(training, MersenneTwister.Permutation(training.Rows, Seed + 1).AsSpan(0, count), centroids);
            for (int round = 0; round < rounds; round++)
            {
                Move(training, Nearest(compute, training, centroids), centroids);
                compute.Arena.Release(mark);
            }
        }

        int[] cluster = Nearest(compute, points, centroids);
        compute.Arena.Release(mark);
        return new KMeansResult(cluster, centroids, Clusters.Of(cluster, members => Representative(points, members, centroids.Row<float>(cluster[members[0]]))));
    }

    private static Tensor TrainingPoints(Compute compute, Tensor points, int count)
    {
        long most = (long)TrainingPointsEach * count;
        if (points.Rows <= most)
        {
            return points;
        }

        var sample = compute.Rent((int)most, points.RowLength);
        compute.Gather(points, MersenneTwister.Permutation(points.Rows, Seed).AsSpan(0, (int)most), sample);
        return sample;
    }

    private static int[] Nearest(Compute compute, Tensor points, Tensor centroids)
    {
        var nearest = new int[points.Rows];
        var lengths = new float[centroids.Rows];
        for (int c = 0; c < lengths.Length; c++)
        {
            lengths[c] = TensorPrimitives.SumOfSquares<float>(centroids.Row<float>(c));
        }

        ProductTiles.ForEach(compute, points, centroids, (start, products) =>
        {
            for (int i = 0; i < products.Rows; i++)
            {
                // |x|² + |c|² − 2⟨x, c⟩, negative values clamped, the first of equal ones.
                var row = products.Row<float>(i);
                TensorPrimitives.Multiply(row, -2f, row);
                TensorPrimitives.Add<float>(row, lengths, row);
                TensorPrimitives.Add(row, TensorPrimitives.SumOfSquares<float>(points.Row<float>(start + i)), row);
                TensorPrimitives.Max(row, 0f, row);
                nearest[start + i] = TensorPrimitives.IndexOfMin<float>(row);
            }
        });
        return nearest;
    }

    private static void Move(Tensor points, int[] nearest, Tensor centroids)
    {
        var counts = new float[centroids.Rows];
        centroids.AsSpan<float>().Clear();
        for (int i = 0; i < nearest.Length; i++)
        {
            counts[nearest[i]]++;
            var sum = centroids.Row<float>(nearest[i]);
            TensorPrimitives.Add<float>(sum, points.Row<float>(i), sum);
        }

        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0)
            {
                TensorPrimitives.Multiply(centroids.Row<float>(c), 1 / counts[c], centroids.Row<float>(c));
            }
        }

        FillEmpty(centroids, counts, points.Rows - centroids.Rows);
    }

    /// <summary>An empty cluster takes half of another, drawn with a chance that grows with its size.</summary>
    private static void FillEmpty(Tensor centroids, float[] counts, int spare)
    {
        var random = new MersenneTwister(Seed);
        for (int empty = 0; empty < counts.Length; empty++)
        {
            if (counts[empty] != 0)
            {
                continue;
            }

            int full = 0;
            while (!(random.Next() / 4294967296f < (counts[full] - 1) / spare))
            {
                full = (full + 1) % counts.Length;
            }

            var from = centroids.Row<float>(full);
            var to = centroids.Row<float>(empty);
            for (int j = 0; j < to.Length; j++)
            {
                float step = j % 2 == 0 ? SplitStep : -SplitStep;
                to[j] = from[j] * (1 + step);
                from[j] *= 1 - step;
            }

            counts[empty] = counts[full] / 2;
            counts[full] -= counts[empty];
        }
    }

    /// <summary>The member nearest to the centroid; of two members, which are equally near, the first.</summary>
    private static int Representative(Tensor points, int[] members, ReadOnlySpan<float> centroid)
    {
        if (members.Length <= 2)
        {
            return members[0];
        }

        int best = members[0];
        float nearest = float.PositiveInfinity;
        foreach (int member in members)
        {
            float distance = TensorPrimitives.Distance(points.Row<float>(member), centroid);
            if (distance < nearest)
            {
                nearest = distance;
                best = member;
            }
        }

        return best;
    }
}
