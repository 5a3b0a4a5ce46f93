using Fovea.Reduction.Clustering;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Reduction.Clustering;

[Trait("kind", "property")]
public sealed class DistanceBoundedPeaksTests
{
    public static TheoryData<int, int> Seeds => new(Enumerable.Range(1, 8).Select(seed => (seed * 37, seed)));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cluster_CutoffZero_KeepsEveryPoint(int count, int seed)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 16, 5, seed);
        Assert.Equal(Enumerable.Range(0, count), DistanceBoundedPeaks.Cluster(compute, vectors, 0).Labels);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cluster_CutoffAboveEveryDistance_LeavesOneCluster(int count, int seed)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 16, 5, seed);
        Assert.Single(DistanceBoundedPeaks.Cluster(compute, vectors, 2).Centres);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cluster_BoundsDistances_WithinAndBetweenClusters(int count, int seed)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 16, 5, seed);
        var clusters = DistanceBoundedPeaks.Cluster(compute, vectors, 0.2);
        var distances = new CosineDistances(compute, vectors);
        Assert.All(Enumerable.Range(0, count), point => Assert.True(distances.Row(point)[clusters.Labels[point]] <= 0.2f));
        Assert.All(clusters.Centres, centre => Assert.All(clusters.Centres.Where(other => other != centre), other => Assert.True(distances.Row(centre)[other] > 0.2f)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cluster_ByVisitOrByRounds_IsTheSame(int count, int seed)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 24, 7, seed);
        foreach (double cutoff in new[] { 0.02, 0.1, 0.3 })
        {
            Assert.Equal(DistanceBoundedPeaks.Cluster(compute, vectors, cutoff, byRank: false).Labels, DistanceBoundedPeaks.Cluster(compute, vectors, cutoff).Labels);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Cluster_OfPermutedPoints_IsPermuted(int count, int seed)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 16, 5, seed);
        int[] order = Vectors.Shuffled(count, seed);
        using var permuted = Vectors.Permuted(vectors, order);
        var there = DistanceBoundedPeaks.Cluster(compute, permuted, 0.2);
        var here = DistanceBoundedPeaks.Cluster(compute, vectors, 0.2);
        Assert.Equal(here.Centres, there.Centres.Select(centre => order[centre]).Order());
    }

    [Fact]
    public void Distances_HeldOrMadeRowByRow_AreTheSame()
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(300, 16, 5, 3);
        var held = new CosineDistances(compute, vectors);
        var made = new CosineDistances(compute, vectors, largestHeld: 10);
        for (int i = 0; i < held.Count; i++)
        {
            float[] row = made.Row(i).ToArray();
            Assert.All(held.Row(i).ToArray().Index(), entry => Assert.Equal(entry.Item, row[entry.Index], 1e-5f));
        }
    }
}
