using Fovea.Tensors;

namespace Fovea.Reduction.Clustering;

/// <summary>What <see cref="KMeans"/> found.</summary>
/// <param name="Cluster">Number of each point's cluster.</param>
/// <param name="Centroids">[k, width]; the arena's.</param>
/// <param name="Clusters">The clusters by their representatives: the member nearest to the centroid. Empty clusters have none.</param>
public sealed record KMeansResult(int[] Cluster, Tensor Centroids, Clusters Clusters);
