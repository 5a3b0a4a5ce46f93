using Fovea.Tensors;

namespace Fovea.Reduction.Clustering;

/// <summary>A partition of points. Immutable.</summary>
/// <param name="Labels">For each point the index of its cluster's representative, or −1 if it belongs to none. A representative is its own.</param>
public sealed record Clusters(int[] Labels)
{
    /// <summary>The representatives, ascending.</summary>
    public IReadOnlyList<int> Centres { get; init; } = RepresentativesOf(Labels);

    /// <summary>The distance of each point to its representative, where the method knows it.</summary>
    public IReadOnlyList<float> Distances { get; init; } = [];

    /// <summary>The points divided by their norms [n, width], where the method made them; the arena's.</summary>
    internal Tensor? Unit { get; init; }

    /// <summary>One cluster per point.</summary>
    public static Clusters Singletons(int count) => new([.. Enumerable.Range(0, count)]);

    /// <summary>The members of a representative's cluster, ascending.</summary>
    public IEnumerable<int> Members(int representative) => Enumerable.Range(0, Labels.Length).Where(point => Labels[point] == representative);

    /// <summary>The same without points farther than <paramref name="radius"/> from their representative.</summary>
    /// <exception cref="InvalidOperationException">The distances are not known.</exception>
    public Clusters WithinRadius(float radius) => Distances.Count == Labels.Length
        ? new Clusters([.. Labels.Select((label, point) => Distances[point] <= radius ? label : -1)])
        : throw new InvalidOperationException("These clusters do not know their distances.");

    /// <summary>From numbered groups to representatives.</summary>
    /// <param name="groups">For each point its group, or −1.</param>
    /// <param name="choose">The representative of a group's members, which ascend.</param>
    internal static Clusters Of(int[] groups, Func<int[], int> choose)
    {
        var labels = new int[groups.Length];
        Array.Fill(labels, -1);
        foreach (var group in Enumerable.Range(0, groups.Length).Where(point => groups[point] >= 0).GroupBy(point => groups[point]))
        {
            int[] members = [.. group];
            int representative = choose(members);
            foreach (int member in members)
            {
                labels[member] = representative;
            }
        }

        return new Clusters(labels);
    }

    private static int[] RepresentativesOf(int[] labels) => [.. Enumerable.Range(0, labels.Length).Where(point => labels[point] == point)];
}
