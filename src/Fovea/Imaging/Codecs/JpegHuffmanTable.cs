using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Codecs;

/// <summary>A Huffman table of JPEG (ITU-T T.81, annex C), decoded with a table for codes of up to nine bits and by code length above.</summary>
internal sealed class JpegHuffmanTable
{
    private const int FastBits = 9;

    // Code length in the high byte, symbol in the low one; 0 where the code is longer.
    private readonly ushort[] _fast = new ushort[1 << FastBits];

    // Where code and number both fit: the number in the high 16 bits, the zeros before it in the next 8, their bits in the lowest; 0 where they do not.
    private readonly int[] _numbers = new int[1 << FastBits];

    // For each length: the first code that is longer, aligned to 16 bits; and what to add to a code to get the index of its symbol.
    private readonly int[] _limit = new int[18];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _symbols;

    private JpegHuffmanTable(byte[] symbols) => _symbols = symbols;

    /// <summary>The largest symbol of the table.</summary>
    public int LargestSymbol { get; private init; }

    /// <summary>Builds a table; null if the lengths do not make a prefix code, or use up the code of all ones, which the standard reserves.</summary>
    /// <param name="counts">The number of codes of 1 to 16 bits.</param>
    /// <param name="symbols">Their symbols in order of the codes.</param>
    public static JpegHuffmanTable? Build(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int largest = 0;
        foreach (byte symbol in symbols)
        {
            largest = Math.Max(largest, symbol);
        }

        var table = new JpegHuffmanTable(symbols.ToArray()) { LargestSymbol = largest };
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++)
        {
            table._offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= FastBits)
                {
                    int first = code << (FastBits - length);
                    if (first >= table._fast.Length)
                    {
                        return null;
                    }

                    table._fast.AsSpan(first, 1 << (FastBits - length)).Fill((ushort)((length << 8) | symbols[index]));
                }
            }

            if (counts[length - 1] > 0 && code >= 1 << length)
            {
                return null;
            }

            table._limit[length] = code << (16 - length);
            code <<= 1;
        }

        table._limit[17] = int.MaxValue;
        table.FillNumbers();
        return table;
    }

    /// <summary>
    /// Decodes a symbol and the number behind it in one step, if they are short: <paramref name="zeros"/> is the high half of the symbol.
    /// </summary>
    /// <returns>Whether they were; otherwise nothing is consumed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDecodeNumber(ref JpegBitReader reader, out int zeros, out int number)
    {
        int entry = _numbers[reader.Peek16() >> (16 - FastBits)];
        zeros = (entry >> 8) & 0xFF;
        number = entry >> 16;
        reader.Skip(entry & 0xFF);
        return entry != 0;
    }

    /// <summary>Decodes a symbol. A code that the table does not have reads as symbol 0, as in libjpeg.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(ref JpegBitReader reader)
    {
        int bits = reader.Peek16();
        int fast = _fast[bits >> (16 - FastBits)];
        if (fast != 0)
        {
            reader.Skip(fast >> 8);
            return fast & 0xFF;
        }

        return DecodeLong(ref reader, bits);
    }

    private void FillNumbers()
    {
        for (int code = 0; code < _fast.Length; code++)
        {
            int length = _fast[code] >> 8, symbol = _fast[code] & 0xFF, bits = symbol & 15;
            if (bits != 0 && length + bits <= FastBits)
            {
                int value = (code >> (FastBits - length - bits)) & ((1 << bits) - 1);
                int number = value >= 1 << (bits - 1) ? value : value - (1 << bits) + 1;
                _numbers[code] = (number << 16) | (symbol >> 4 << 8) | (length + bits);
            }
        }
    }

    private int DecodeLong(ref JpegBitReader reader, int bits)
    {
        int length = FastBits + 1;
        while (bits >= _limit[length])
        {
            length++;
        }

        reader.Skip(Math.Min(length, 16));
        return length > 16 ? 0 : _symbols[_offset[length] + (bits >> (16 - length))];
    }
}
