namespace Fovea.Reduction.Clustering;

/// <summary>Stable orders: equal values stand by ascending index.</summary>
public static class Order
{
    /// <summary>Indices from the smallest value to the largest.</summary>
    public static int[] Ascending(ReadOnlySpan<float> values)
    {
        int[] order = Indices(values.Length);
        float[] keys = values.ToArray();
        Array.Sort(order, (a, b) => keys[a].CompareTo(keys[b]) is var compared && compared != 0 ? compared : a.CompareTo(b));
        return order;
    }

    /// <summary>Indices from the largest value to the smallest.</summary>
    public static int[] Descending(ReadOnlySpan<float> values)
    {
        int[] order = Indices(values.Length);
        float[] keys = values.ToArray();
        Array.Sort(order, (a, b) => keys[b].CompareTo(keys[a]) is var compared && compared != 0 ? compared : a.CompareTo(b));
        return order;
    }

    /// <summary>The place of every value in the ascending order.</summary>
    public static int[] Ranks(ReadOnlySpan<float> values)
    {
        int[] order = Ascending(values);
        var ranks = new int[order.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }

    private static int[] Indices(int count)
    {
        var indices = new int[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = i;
        }

        return indices;
    }
}
