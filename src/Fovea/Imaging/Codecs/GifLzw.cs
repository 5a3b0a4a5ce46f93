namespace Fovea.Imaging.Codecs;

/// <summary>The compression of GIF: Lempel, Ziv and Welch with codes of growing length, lowest bits first.</summary>
internal static class GifLzw
{
    private const int MaxBits = 12;

    // A code of 9 bits or more stands for at most as many pixels as the table is long.
    private const long MaxRatio = 1 << MaxBits;

    /// <summary>Expands codes to exactly <paramref name="count"/> indices; what follows them is ignored.</summary>
    public static byte[] Expand(in ImageInput input, ReadOnlySpan<byte> codes, int codeBits, int count)
    {
        if (codeBits is < 1 or > 8)
        {
            throw input.Error($"GIF: codes of {codeBits} bits do not exist");
        }

        if (count > codes.Length * MaxRatio)
        {
            throw input.Error($"GIF: {codes.Length} bytes are too few for {count} pixels");
        }

        var indices = new byte[count];
        var table = new Table(codeBits);
        int filled = 0, position = 0, bits = 0, available = 0;
        while (filled < count)
        {
            while (available < table.Bits && position < codes.Length)
            {
                bits |= codes[position++] << available;
                available += 8;
            }

            int code = bits & ((1 << table.Bits) - 1);
            if (available < table.Bits || code == table.End)
            {
                throw input.Error($"GIF: the codes end after {filled} of {count} pixels");
            }

            bits >>= table.Bits;
            available -= table.Bits;
            if (code == table.Clear)
            {
                table.Reset();
                continue;
            }

            int written = table.Write(code, indices.AsSpan(filled));
            filled += written > 0 ? written : throw input.Error($"GIF: code {code} is not defined where it comes");
        }

        return indices;
    }

    /// <summary>The strings of the codes, each as the string of another code and one more index.</summary>
    private sealed class Table
    {
        private readonly ushort[] _prefix = new ushort[1 << MaxBits];
        private readonly byte[] _suffix = new byte[1 << MaxBits];
        private readonly ushort[] _length = new ushort[1 << MaxBits];
        private readonly int _codeBits;
        private int _next;
        private int _last;

        public Table(int codeBits)
        {
            _codeBits = codeBits;
            for (int code = 0; code < Clear; code++)
            {
                _suffix[code] = (byte)code;
                _length[code] = 1;
            }

            Reset();
        }

        public int Clear => 1 << _codeBits;

        public int End => Clear + 1;

        /// <summary>The length of the next code.</summary>
        public int Bits { get; private set; }

        public void Reset()
        {
            Bits = _codeBits + 1;
            _next = Clear + 2;
            _last = -1;
        }

        /// <summary>Writes the string of a code, as far as there is room, and returns its length; 0 if the code is not defined.</summary>
        public int Write(int code, Span<byte> target)
        {
            bool repeats = code == _next && _last >= 0;
            if (!repeats && (code >= _next || (_last < 0 && code >= Clear)))
            {
                return 0;
            }

            int source = repeats ? _last : code;
            byte first = First(source);
            int length = _length[source] + (repeats ? 1 : 0);
            Span<byte> room = target[..Math.Min(length, target.Length)];
            if (repeats && length <= target.Length)
            {
                room[^1] = first;
            }

            for (int i = _length[source] - 1, walk = source; i >= 0; i--, walk = _prefix[walk])
            {
                if (i < room.Length)
                {
                    room[i] = _suffix[walk];
                }
            }

            Add(first);
            _last = code;
            return room.Length;
        }

        private byte First(int code)
        {
            while (code >= Clear)
            {
                code = _prefix[code];
            }

            return (byte)code;
        }

        private void Add(byte suffix)
        {
            if (_last < 0 || _next >= 1 << MaxBits)
            {
                return;
            }

            _prefix[_next] = (ushort)_last;
            _suffix[_next] = suffix;
            _length[_next] = (ushort)(_length[_last] + 1);
            _next++;
            if (_next == 1 << Bits && Bits < MaxBits)
            {
                Bits++;
            }
        }
    }
}
