using System.Text;

namespace Fovea.Text;

/// <summary>
/// A growing text of Unicode scalar values. Each value knows the half-open range of input UTF-16 units it came from, and the text is cut into words.
/// </summary>
internal sealed class ScalarBuffer
{
    private int[] _scalars = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];
    private readonly List<(int From, int To)> _words = [];

    /// <summary>Number of scalar values.</summary>
    public int Count { get; private set; }

    /// <summary>The values.</summary>
    public ReadOnlySpan<int> Scalars => _scalars.AsSpan(0, Count);

    /// <summary>The words, in order, as half-open ranges of <see cref="Scalars"/>; parts between them are dropped.</summary>
    public List<(int From, int To)> Words => _words;

    /// <summary>First input unit of value <paramref name="index"/>.</summary>
    public int Start(int index) => _starts[index];

    /// <summary>End of the input units of value <paramref name="index"/>.</summary>
    public int End(int index) => _ends[index];

    /// <summary>Forgets values and words; keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _words.Clear();
    }

    /// <summary>Forgets the values from <paramref name="count"/> on.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Appends a value that stands for input units [<paramref name="start"/>, <paramref name="end"/>).</summary>
    public void Add(int scalar, int start, int end)
    {
        Reserve(Count + 1);
        _scalars[Count] = scalar;
        _starts[Count] = start;
        _ends[Count] = end;
        Count++;
    }

    /// <summary>Appends values [<paramref name="from"/>, <paramref name="to"/>) of another buffer.</summary>
    public void Add(ScalarBuffer source, int from, int to)
    {
        int count = to - from;
        Reserve(Count + count);
        source._scalars.AsSpan(from, count).CopyTo(_scalars.AsSpan(Count));
        source._starts.AsSpan(from, count).CopyTo(_starts.AsSpan(Count));
        source._ends.AsSpan(from, count).CopyTo(_ends.AsSpan(Count));
        Count += count;
    }

    /// <summary>Replaces value <paramref name="index"/>.</summary>
    public void Set(int index, int scalar, int start, int end)
    {
        _scalars[index] = scalar;
        _starts[index] = start;
        _ends[index] = end;
    }

    /// <summary>Sorts values [<paramref name="from"/>, <paramref name="to"/>) by a key; equal keys keep their order.</summary>
    public void SortStable(int from, int to, Func<int, int> key)
    {
        int length = to - from;
        long[]? rented = length > 32 ? System.Buffers.ArrayPool<long>.Shared.Rent(length) : null;
        Span<long> order = rented is null ? stackalloc long[length] : rented.AsSpan(0, length);
        for (int i = 0; i < length; i++)
        {
            order[i] = ((long)key(_scalars[from + i]) << 32) | (uint)i;
        }

        order.Sort();
        for (int i = 0; i < length; i++)
        {
            // The sorted values are written behind the text and moved back.
            int source = from + (int)order[i];
            Add(_scalars[source], _starts[source], _ends[source]);
        }

        for (int i = 0; i < length; i++)
        {
            int source = Count - length + i;
            Set(from + i, _scalars[source], _starts[source], _ends[source]);
        }

        Truncate(Count - length);
        if (rented is not null)
        {
            System.Buffers.ArrayPool<long>.Shared.Return(rented);
        }
    }

    /// <summary>Appends the scalar values of a text; a lone surrogate becomes U+FFFD.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length;)
        {
            // An ill-formed unit yields U+FFFD and a length of 1.
            _ = Rune.DecodeFromUtf16(text[i..], out var rune, out int length);
            Add(rune.Value, i, i + length);
            i += length;
        }
    }

    private void Reserve(int count)
    {
        if (count > _scalars.Length)
        {
            int length = Math.Max(count, _scalars.Length * 2);
            Array.Resize(ref _scalars, length);
            Array.Resize(ref _starts, length);
            Array.Resize(ref _ends, length);
        }
    }
}
