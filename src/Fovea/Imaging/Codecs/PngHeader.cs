using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>IHDR of a PNG file, and the sizes that follow from it.</summary>
internal readonly record struct PngHeader
{
    private PngHeader(int width, int height, int depth, PngColorType colorType, bool interlaced)
    {
        Width = width;
        Height = height;
        Depth = depth;
        ColorType = colorType;
        Interlaced = interlaced;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bits a sample: 1, 2, 4, 8 or 16.</summary>
    public int Depth { get; }

    public PngColorType ColorType { get; }

    public bool Interlaced { get; }

    public int Channels => ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.Rgba => 4,
        _ => 1,
    };

    /// <summary>The distance of a byte from its left neighbour in the filters.</summary>
    public int FilterDistance => Math.Max(1, Channels * Depth / 8);

    public static PngHeader Parse(in ImageInput input, ReadOnlySpan<byte> data)
    {
        if (data.Length < 13)
        {
            throw input.Error($"PNG: IHDR has {data.Length} bytes instead of 13");
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        int depth = data[8];
        var type = (PngColorType)data[9];
        bool valid = type switch
        {
            PngColorType.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GrayAlpha or PngColorType.Rgba => depth is 8 or 16,
            _ => false,
        };
        if (!valid)
        {
            throw input.Error($"PNG: colour type {data[9]} does not exist with {depth} bits");
        }

        if (data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw input.Error($"PNG: compression {data[10]}, filter method {data[11]} and interlace {data[12]} are not defined");
        }

        input.CheckSize("PNG", width, height);
        return new PngHeader((int)width, (int)height, depth, type, data[12] == 1);
    }

    /// <summary>The bytes of a row of <paramref name="width"/> pixels, without its filter byte.</summary>
    public int RowBytes(int width) => checked((int)((((long)width * Channels * Depth) + 7) / 8));

    /// <summary>The bytes that inflate to the whole picture: every row of every pass with its filter byte.</summary>
    public long InflatedBytes()
    {
        if (!Interlaced)
        {
            return (long)Height * (1 + RowBytes(Width));
        }

        long bytes = 0;
        foreach (var pass in PngPass.All)
        {
            var (width, height) = pass.SizeIn(Width, Height);
            bytes += width == 0 ? 0 : (long)height * (1 + RowBytes(width));
        }

        return bytes;
    }
}
