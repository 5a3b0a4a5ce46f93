using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>The headers of a Windows or OS/2 bitmap.</summary>
internal readonly record struct BmpHeader
{
    /// <summary>The length of the header of the file, before that of the bitmap.</summary>
    public const int FileHeaderLength = 14;

    private const int CoreHeader = 12;
    private const int InfoHeader = 40;

    /// <summary>The compression of pixels whose colours are given by bit masks.</summary>
    private const int BitFields = 3;

    public int Width { get; private init; }

    public int Height { get; private init; }

    public bool TopDown { get; private init; }

    /// <summary>Bits a pixel: 1, 4, 8, 16, 24 or 32.</summary>
    public int Bits { get; private init; }

    /// <summary>Whether pixels are run-length coded (4 or 8 bits only).</summary>
    public bool RunLength { get; private init; }

    /// <summary>Masks of red, green and blue; for 16 and 32 bits.</summary>
    public (uint Red, uint Green, uint Blue) Masks { get; private init; }

    public int PaletteOffset { get; private init; }

    /// <summary>Colours of the palette.</summary>
    public int PaletteCount { get; private init; }

    /// <summary>Bytes of a colour of the palette: blue, green, red, and in newer files one more.</summary>
    public int PaletteStep { get; private init; }

    public int PixelOffset { get; private init; }

    /// <summary>Bytes of a stored row, padded to four.</summary>
    public long Stride => (((long)Width * Bits) + 31) / 32 * 4;

    public static BmpHeader Parse(in ImageInput input)
    {
        var bytes = input.Bytes;
        if (bytes.Length < FileHeaderLength + CoreHeader)
        {
            throw input.Error("BMP: the file ends inside its headers");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileHeaderLength..]);
        if (length is not (CoreHeader or InfoHeader or 52 or 56 or 64 or 108 or 124) || length > bytes.Length - FileHeaderLength)
        {
            throw input.Error($"BMP: a header of {length} bytes is not known or cut off");
        }

        var header = bytes.Slice(FileHeaderLength, (int)length);
        var parsed = length == CoreHeader ? ParseCore(header) : ParseInfo(input, header);
        input.CheckSize("BMP", parsed.Width, parsed.Height);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        int palette = parsed.PaletteOffset;
        long paletteEnd = palette + ((long)parsed.PaletteCount * parsed.PaletteStep);
        if (paletteEnd > bytes.Length || offset > bytes.Length)
        {
            throw input.Error("BMP: the palette or the pixels lie beyond the end of the file");
        }

        return parsed with { PixelOffset = offset == 0 ? (int)paletteEnd : (int)offset };
    }

    private static BmpHeader ParseCore(ReadOnlySpan<byte> header)
    {
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        return new BmpHeader
        {
            Width = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]),
            Height = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
            Bits = bits,
            Masks = StandardMasks(bits),
            PaletteOffset = FileHeaderLength + CoreHeader,
            PaletteCount = bits <= 8 ? 1 << bits : 0,
            PaletteStep = 3,
        };
    }

    private static BmpHeader ParseInfo(in ImageInput input, ReadOnlySpan<byte> header)
    {
        int height = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[14..]);
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        uint colors = BinaryPrimitives.ReadUInt32LittleEndian(header[32..]);
        bool runLength = (compression == 1 && bits == 8) || (compression == 2 && bits == 4);
        bool masked = compression == BitFields && bits is 16 or 32;
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32) || (compression != 0 && !runLength && !masked && !(compression == BitFields && bits == 24)))
        {
            throw input.Error($"BMP: compression {compression} with {bits} bits a pixel is not supported");
        }

        // Masks of the oldest such files follow the header; in newer ones they are part of it, at the same place.
        int masksAt = FileHeaderLength + InfoHeader;
        bool masksFollow = masked && header.Length == InfoHeader;
        if (masksFollow && input.Bytes.Length < masksAt + 12)
        {
            throw input.Error("BMP: the file ends before its colour masks");
        }

        return new BmpHeader
        {
            Width = BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
            Height = height == int.MinValue ? 0 : Math.Abs(height),
            TopDown = height < 0,
            Bits = bits,
            RunLength = runLength,
            Masks = masked ? ReadMasks(input.Bytes[masksAt..], bits) : StandardMasks(bits),
            PaletteOffset = FileHeaderLength + header.Length + (masksFollow ? 12 : 0),
            PaletteCount = bits > 8 ? 0 : colors == 0 ? 1 << bits : (int)Math.Min(colors, 256),
            PaletteStep = 4,
        };
    }

    private static (uint, uint, uint) ReadMasks(ReadOnlySpan<byte> bytes, int bits)
    {
        var masks = (
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        return masks == (0, 0, 0) ? StandardMasks(bits) : masks;
    }

    private static (uint, uint, uint) StandardMasks(int bits) => bits == 16 ? (0x7C00u, 0x3E0u, 0x1Fu) : (0xFF0000u, 0xFF00u, 0xFFu);
}
