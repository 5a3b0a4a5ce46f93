using Fovea.Reduction.Clustering;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Reduction.Clustering;

[Trait("kind", "property")]
public sealed class BipartiteMatchingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Cluster_WithoutMerges_IsTheIdentity(int count)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 8, 3, 1);
        Assert.Equal(Enumerable.Range(0, count), BipartiteMatching.Cluster(compute, vectors, 0).Labels);
    }

    [Theory]
    [InlineData(63, 7)]
    [InlineData(64, 1000)]
    [InlineData(6, 3)]
    public void Cluster_MergesExactlyWhatIsAsked_OrHalfLessTwo(int count, int merges)
    {
        using var compute = new Compute();
        using var vectors = Vectors.Around(count, 8, 3, 1);
        Assert.Equal(count - Math.Min(merges, (count / 2) - 2), BipartiteMatching.Cluster(compute, vectors, merges).Centres.Count);
    }
}
