using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;

namespace Fovea.Nn;

/// <summary>
/// The keys and values of one layer of one sequence, by head so that a head's entries lie together. It has its own length, because layers behind a
/// reduction hold fewer entries than those before it.
/// </summary>
public sealed class KvCacheLayer : IDisposable
{
    private readonly int _heads;
    private readonly int _headSize;
    private readonly ElementType _type;

    /// <summary>Creates an empty layer.</summary>
    public KvCacheLayer(int heads, int headSize, KvCacheType type = KvCacheType.F32)
    {
        _heads = heads;
        _headSize = headSize;
        _type = type switch { KvCacheType.BF16 => ElementType.BF16, KvCacheType.F16 => ElementType.F16, KvCacheType.Int8 => ElementType.I8, _ => ElementType.F32 };
        Keys = Allocate(0);
        Values = Allocate(0);
    }

    /// <summary>Entries held.</summary>
    public int Length { get; private set; }

    /// <summary>Keys after rotary embedding: [heads, capacity, headSize], or for integers <see cref="AttentionEntry.Length"/> in place of the last.</summary>
    public Tensor Keys { get; private set; }

    /// <summary>Values, alike.</summary>
    public Tensor Values { get; private set; }

    /// <summary>Bytes of the entries held (not of the reserve).</summary>
    public long Bytes => 2L * Length * _heads * EntryBytes;

    /// <summary>ln(size) of each entry as an additive bias [capacity], or none while every entry stands for one token.</summary>
    public Tensor? Bias { get; private set; }

    /// <summary>Makes room for <paramref name="capacity"/> entries in all.</summary>
    public void Reserve(int capacity)
    {
        int held = Keys.Shape[1];
        if (capacity <= held)
        {
            return;
        }

        int grown = Math.Max(capacity, Length == 0 ? capacity : held * 2);
        Keys = Grow(Keys, grown);
        Values = Grow(Values, grown);
        if (Bias is not null)
        {
            GrowBias();
        }
    }

    /// <summary>Appends rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1 of [tokens, heads · headSize] buffers.</summary>
    /// <param name="keys">Keys after rotary embedding.</param>
    /// <param name="values">Values.</param>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="sizes">How many original tokens each row stands for; empty = one each.</param>
    public void Append(Tensor keys, Tensor values, int start, int count, ReadOnlySpan<float> sizes)
    {
        Reserve(Length + count);
        for (int i = 0; i < count; i++)
        {
            Scatter(keys.Row<float>(start + i), Keys, Length + i);
            Scatter(values.Row<float>(start + i), Values, Length + i);
        }

        if (sizes.Length > 0 || Bias is not null)
        {
            AppendSizes(count, sizes);
        }

        Length += count;
    }

    /// <summary>Forgets the entries from <paramref name="length"/> on.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
        if (length == 0)
        {
            Bias?.Dispose();
            Bias = null;
        }
    }

    /// <summary>Keeps some of the entries from <paramref name="start"/> on, and closes the gaps.</summary>
    /// <param name="start">The first entry that may go.</param>
    /// <param name="kept">What follows the entries in front of it, each counted from there, and −1 for one of zeros; not more than there were.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than there were.</exception>
    public void Retain(int start, ReadOnlySpan<int> kept)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept.Length, Length - start);
        for (int head = 0; head < _heads; head++)
        {
            Retain(Keys.RowBytes(head)[(start * EntryBytes)..(Length * EntryBytes)], EntryBytes, kept);
            Retain(Values.RowBytes(head)[(start * EntryBytes)..(Length * EntryBytes)], EntryBytes, kept);
        }

        if (Bias is not null)
        {
            Retain(Bias.Bytes()[(start * sizeof(float))..(Length * sizeof(float))], sizeof(float), kept);
        }

        Length = start + kept.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Keys.Dispose();
        Values.Dispose();
        Bias?.Dispose();
    }

    /// <summary>An inserted entry may move others behind their old place, so what there was is copied first.</summary>
    private static void Retain(Span<byte> entries, int width, ReadOnlySpan<int> kept)
    {
        byte[] before = entries.ToArray();
        for (int i = 0; i < kept.Length; i++)
        {
            var to = entries.Slice(i * width, width);
            if (kept[i] < 0)
            {
                to.Clear();
            }
            else
            {
                before.AsSpan(kept[i] * width, width).CopyTo(to);
            }
        }
    }

    private void AppendSizes(int count, ReadOnlySpan<float> sizes)
    {
        var bias = (Bias ?? GrowBias()).AsSpan<float>();
        for (int i = 0; i < count; i++)
        {
            bias[Length + i] = sizes.Length > 0 ? MathF.Log(sizes[i]) : 0;
        }
    }

    private Tensor GrowBias()
    {
        var grown = Tensor.Allocate(Keys.Shape[1]);
        Bias?.AsSpan<float>()[..Length].CopyTo(grown.AsSpan<float>());
        Bias?.Dispose();
        return Bias = grown;
    }

    private int EntryBytes => AttentionEntry.Length(_type, _headSize) * _type.Bytes();

    private Tensor Allocate(int capacity) => Tensor.Allocate(_type, new Shape(_heads, capacity, AttentionEntry.Length(_type, _headSize)));

    private void Scatter(ReadOnlySpan<float> row, Tensor destination, int entry)
    {
        for (int head = 0; head < _heads; head++)
        {
            AttentionEntry.Write(row.Slice(head * _headSize, _headSize), _type, destination.RowBytes(head).Slice(entry * EntryBytes, EntryBytes));
        }
    }

    private Tensor Grow(Tensor old, int capacity)
    {
        var grown = Allocate(capacity);
        for (int head = 0; head < _heads && Length > 0; head++)
        {
            old.RowBytes(head)[..(Length * EntryBytes)].CopyTo(grown.RowBytes(head));
        }

        old.Dispose();
        return grown;
    }
}
