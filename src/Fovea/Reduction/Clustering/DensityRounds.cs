namespace Fovea.Reduction.Clustering;

/// <summary>
/// The choice of centres as the PACT repository makes it, in parallel rounds with a sequential tail. It differs from the visit in descending density only where
/// densities are equal: tied maxima all become centres, even at distance 0.
/// </summary>
internal static class DensityRounds
{
    private const int FewCentres = 10;

    /// <summary>The centres, ascending.</summary>
    public static int[] Centres(CosineDistances distances, float[] densities, float cutoff)
    {
        var centres = new List<int>();
        var covered = new bool[densities.Length];
        var open = Enumerable.Range(0, densities.Length).ToList();
        while (open.Count > 0)
        {
            var found = new List<int>();
            var rest = new List<int>();
            float highest = open.Max(point => densities[point]);
            foreach (int point in open)
            {
                bool peak = densities[point] == highest || DistanceToDenser(distances.Row(point), densities, open, point) > cutoff;
                (peak ? found : rest).Add(point);
            }

            centres.AddRange(found);
            foreach (int centre in found)
            {
                Cover(distances.Row(centre), cutoff, covered);
                covered[centre] = true;
            }

            // No peak can only come from distances that are not numbers.
            if (found.Count < FewCentres)
            {
                AddTail(distances, densities, rest, cutoff, covered, centres);
                break;
            }

            open = rest.FindAll(point => !covered[point]);
        }

        centres.Sort();
        return [.. centres];
    }

    /// <summary>Marks what lies within the cutoff.</summary>
    public static void Cover(ReadOnlySpan<float> distances, float cutoff, bool[] covered)
    {
        for (int i = 0; i < covered.Length; i++)
        {
            covered[i] |= distances[i] <= cutoff;
        }
    }

    private static float DistanceToDenser(ReadOnlySpan<float> distances, float[] densities, List<int> open, int point)
    {
        float nearest = float.PositiveInfinity;
        foreach (int other in open)
        {
            if (other != point && densities[other] >= densities[point])
            {
                nearest = Math.Min(nearest, distances[other]);
            }
        }

        return nearest;
    }

    private static void AddTail(CosineDistances distances, float[] densities, List<int> rest, float cutoff, bool[] covered, List<int> centres)
    {
        foreach (int place in Order.Descending(rest.ConvertAll(point => densities[point]).ToArray()))
        {
            if (!covered[rest[place]])
            {
                centres.Add(rest[place]);
                Cover(distances.Row(rest[place]), cutoff, covered);
            }
        }
    }
}
