using Fovea.Reduction.Clustering;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Reduction.Clustering;

[Trait("kind", "property")]
public sealed class ClusteringTests
{
    public static TheoryData<string, int> Methods => new(
        from method in new[] { "single", "average", "complete", "kmeans", "dpc" }
        from clusters in new[] { 1, 2, 13, 40 }
        select (method, clusters));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Cluster_LeavesNoPointOut_AndKeepsTheAskedNumber(string method, int count)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(40, 12, 6, 5);
        var clusters = Cluster(compute, vectors, method, count);
        Assert.Equal(count, clusters.Centres.Count);
        Assert.All(clusters.Labels, label => Assert.Equal(label, clusters.Labels[label]));
    }

    [Fact]
    public void KMeans_OfIdenticalPoints_Ends()
    {
        using var compute = new Compute();
        using var vectors = Tensor.From(Enumerable.Repeat(1f, 30 * 4).ToArray(), 30, 4);
        Assert.InRange(KMeans.Cluster(compute, vectors, 7).Clusters.Centres.Count, 1, 7);
    }

    [Fact]
    public void Dbscan_OfOneDenseGroup_LeavesOneCluster()
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(50, 12, 1, 5);
        Assert.Single(Dbscan.Cluster(compute, vectors, 1.9).Centres);
    }

    [Fact]
    public void EveryClustering_TakesZeroVectors()
    {
        using var compute = new Compute();
        using var vectors = Tensor.Allocate(9, 4);
        Assert.Equal(9, DistanceBoundedPeaks.Cluster(compute, vectors, 0.1).Labels.Length);
        Assert.Equal(9, DensityPeaks.Cluster(compute, vectors, 3).Labels.Length);
        Assert.Equal(9, Agglomerative.Cluster(compute, vectors, 3, Linkage.Average).Labels.Length);
        Assert.Equal(9, Dbscan.Cluster(compute, vectors, 0.1).Labels.Length);
        Assert.Equal(9, BipartiteMatching.Cluster(compute, vectors, 2).Labels.Length);
    }

    private static Clusters Cluster(Compute compute, Tensor vectors, string method, int count) => method switch
    {
        "kmeans" => KMeans.Cluster(compute, vectors, count).Clusters,
        "dpc" => DensityPeaks.Cluster(compute, vectors, count),
        "single" => Agglomerative.Cluster(compute, vectors, count, Linkage.Single),
        "average" => Agglomerative.Cluster(compute, vectors, count, Linkage.Average),
        _ => Agglomerative.Cluster(compute, vectors, count, Linkage.Complete),
    };
}
