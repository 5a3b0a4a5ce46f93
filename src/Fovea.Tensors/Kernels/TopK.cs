using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Selection of the largest numbers. The order is total: a larger number first, of equal ones (−0 and 0 are equal) the lower index, NaN behind
/// everything else, −∞ included. Cost: O(n) to select, O(count · log count) to order.
/// </summary>
public static class TopK
{
    private const int FewestCandidates = 1024;

    /// <summary>
    /// The indices of the <paramref name="count"/> largest scores, ascending by index. Of equal scores the lower index wins;
    /// NaN counts as less than everything.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A count below zero or above the number of scores.</exception>
    public static int[] Ascending(ReadOnlySpan<float> scores, int count)
    {
        var indices = Descending(scores, count);
        Array.Sort(indices);
        return indices;
    }

    /// <summary>As <see cref="Ascending"/>, but ordered by falling score, equal scores by rising index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count below zero or above the number of scores.</exception>
    public static int[] Descending(ReadOnlySpan<float> scores, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        var indices = new int[count];
        ulong[] rented = ArrayPool<ulong>.Shared.Rent((int)Math.Min(scores.Length, Math.Max(4L * count, FewestCandidates)));
        var best = Candidates(scores, count, rented.AsSpan(0, Math.Min(scores.Length, rented.Length)));
        SelectLeast(best, count);
        best[..count].Sort();
        for (int i = 0; i < count; i++)
        {
            indices[i] = (int)(uint)best[i];
        }

        ArrayPool<ulong>.Shared.Return(rented);
        return indices;
    }

    /// <summary>Keys among which the best <paramref name="count"/> are: all of them, or where there is no room, those that were good enough so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Span<ulong> Candidates(ReadOnlySpan<float> scores, int count, Span<ulong> room)
    {
        ulong bound = ulong.MaxValue;
        int used = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            ulong key = Key(scores[i], i);
            if (key < bound)
            {
                if (used == room.Length)
                {
                    SelectLeast(room, count);
                    used = count;
                    bound = Greatest(room[..count]);
                }

                room[used++] = key;
            }
        }

        return room[..used];
    }

    private static ulong Greatest(ReadOnlySpan<ulong> keys)
    {
        ulong greatest = 0;
        foreach (ulong key in keys)
        {
            greatest = Math.Max(greatest, key);
        }

        return greatest;
    }

    /// <summary>A key that is the less the better: the score's bits in falling order above, the index below. All keys differ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Key(float score, int index)
    {
        // Adding zero turns −0 into 0. Positive numbers have falling complements; the bits of negative ones already rise as the numbers fall.
        // Without a branch, because the sign of a score is anybody's guess.
        int bits = BitConverter.SingleToInt32Bits(score + 0f);
        uint order = float.IsNaN(score) ? uint.MaxValue : (uint)(bits ^ (~(bits >> 31) & int.MaxValue));
        return ((ulong)order << 32) | (uint)index;
    }

    /// <summary>Brings the <paramref name="count"/> least keys to the front, in any order.</summary>
    private static void SelectLeast(Span<ulong> keys, int count)
    {
        // Each round costs the length of what is left and usually halves it; an order of keys that defeats the pivots ends in a sort.
        int rounds = 2 * BitOperations.Log2((uint)keys.Length | 1);
        while (count > 0 && count < keys.Length)
        {
            if (rounds-- == 0)
            {
                keys.Sort();
                return;
            }

            int least = Partition(keys, Median(keys[0], keys[keys.Length / 2], keys[^1]));
            if (count < least)
            {
                keys = keys[..least];
            }
            else
            {
                keys = keys[least..];
                count -= least;
            }
        }
    }

    private static ulong Median(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    /// <summary>Brings the keys up to the pivot, which is one of them, to the front; returns their number: the length if the pivot is the greatest.</summary>
    private static int Partition(Span<ulong> keys, ulong pivot)
    {
        int end = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            ulong key = keys[i];
            if (key <= pivot)
            {
                keys[i] = keys[end];
                keys[end++] = key;
            }
        }

        return end;
    }
}
