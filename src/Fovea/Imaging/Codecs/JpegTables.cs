using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>The tables that a JPEG file has defined so far: quantisation (DQT), Huffman codes (DHT), restart interval (DRI).</summary>
internal sealed class JpegTables
{
    /// <summary>The place in row order of the k-th coefficient in zigzag order (ITU-T T.81, figure A.6).</summary>
    public static readonly byte[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly int[]?[] _quantisation = new int[]?[4];
    private readonly JpegHuffmanTable?[] _dc = new JpegHuffmanTable?[4];
    private readonly JpegHuffmanTable?[] _ac = new JpegHuffmanTable?[4];

    /// <summary>Minimum coded units between restart markers; 0 if there are none.</summary>
    public int RestartInterval { get; set; }

    public int[]? Quantisation(int id) => id < 4 ? _quantisation[id] : null;

    public JpegHuffmanTable? Dc(int id) => id < 4 ? _dc[id] : null;

    public JpegHuffmanTable? Ac(int id) => id < 4 ? _ac[id] : null;

    /// <summary>Reads a DQT segment.</summary>
    public void ReadQuantisation(in ImageInput input, ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int id = segment[0] & 15;
            bool wide = segment[0] >> 4 != 0;
            int bytes = wide ? 128 : 64;
            if (id > 3 || segment.Length < 1 + bytes)
            {
                throw input.Error($"JPEG: quantisation table {id} is cut off or does not exist");
            }

            var table = new int[64];
            var values = segment.Slice(1, bytes);
            for (int k = 0; k < 64; k++)
            {
                table[ZigZag[k]] = wide ? BinaryPrimitives.ReadUInt16BigEndian(values[(2 * k)..]) : values[k];
            }

            _quantisation[id] = table;
            segment = segment[(1 + bytes)..];
        }
    }

    /// <summary>Reads a DHT segment.</summary>
    public void ReadHuffman(in ImageInput input, ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int id = segment[0] & 15, kind = segment[0] >> 4;
            if (segment.Length < 17 || id > 3 || kind > 1)
            {
                throw input.Error($"JPEG: Huffman table {id} of class {kind} is cut off or does not exist");
            }

            var counts = segment.Slice(1, 16);
            int symbols = 0;
            foreach (byte count in counts)
            {
                symbols += count;
            }

            if (symbols > 256 || symbols > segment.Length - 17)
            {
                throw input.Error($"JPEG: Huffman table {id} declares {symbols} codes; {segment.Length - 17} bytes are left");
            }

            (kind == 0 ? _dc : _ac)[id] = JpegHuffmanTable.Build(counts, segment.Slice(17, symbols))
                ?? throw input.Error($"JPEG: the code lengths of Huffman table {id} are no prefix code");
            segment = segment[(17 + symbols)..];
        }
    }

    /// <summary>Puts the tables of annex K where the file has none: frames of motion JPEG leave them out.</summary>
    public void PresetHuffman()
    {
        _dc[0] ??= JpegStandardTables.Luminance(dc: true);
        _ac[0] ??= JpegStandardTables.Luminance(dc: false);
        _dc[1] ??= JpegStandardTables.Chrominance(dc: true);
        _ac[1] ??= JpegStandardTables.Chrominance(dc: false);
    }
}
