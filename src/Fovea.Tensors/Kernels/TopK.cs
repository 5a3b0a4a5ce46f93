namespace Fovea.Tensors.Kernels;

/// <summary>Selection of the largest numbers.</summary>
public static class TopK
{
    /// <summary>
    /// The indices of the <paramref name="count"/> largest scores, ascending by index. Of equal scores the lower index wins; NaN counts as less than everything.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A count below zero or above the number of scores.</exception>
    public static int[] Ascending(ReadOnlySpan<float> scores, int count)
    {
        var order = Descending(scores, count);
        Array.Sort(order);
        return order;
    }

    /// <summary>As <see cref="Ascending"/>, but ordered by falling score, equal scores by rising index.</summary>
    public static int[] Descending(ReadOnlySpan<float> scores, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        var order = new int[scores.Length];
        var keys = new float[scores.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = float.IsNaN(scores[i]) ? float.NegativeInfinity : scores[i];
        }

        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[b].CompareTo(keys[a]) : a.CompareTo(b));
        return order[..count];
    }
}
