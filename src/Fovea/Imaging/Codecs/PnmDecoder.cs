using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Netpbm files, P1 to P6. Samples are scaled from their largest value to 255 in double precision, half to even; gray of more than 8 bits goes through
/// 0..65535 and the rule for 16-bit grayscale.
/// </summary>
internal static class PnmDecoder
{
    private const int WideMaximum = 65535;

    public static DecodedImage Decode(in ImageInput input)
    {
        var reader = new PnmReader(input, 2);
        int kind = input.Bytes[1] - '0';
        int width = reader.Number(), height = reader.Number();
        input.CheckSize("PNM", width, height);
        bool bitmap = kind is 1 or 4;
        int maximum = bitmap ? 1 : reader.Number();
        if (maximum is < 1 or > WideMaximum)
        {
            throw input.Error($"PNM: {maximum} is no largest value; 1 to {WideMaximum} are");
        }

        int channels = kind is 3 or 6 ? 3 : 1;
        bool binary = kind >= 4;
        long samples = (long)width * height * channels;
        long bytes = !binary ? samples : bitmap ? (long)height * ((width + 7) / 8) : samples * (maximum > 255 ? 2 : 1);
        int start = binary ? reader.EndOfHeader() : reader.Position;
        if (input.Bytes.Length - start < bytes)
        {
            throw input.Error($"PNM: {width} x {height} pixels need at least {bytes} bytes; {input.Bytes.Length - start} are left");
        }

        var rgb = new byte[3 * width * height];
        if (kind == 4)
        {
            ReadBits(input.Bytes[start..], width, rgb);
        }
        else if (binary)
        {
            ReadBinary(input, input.Bytes[start..], channels, maximum, rgb);
        }
        else
        {
            ReadPlain(input, ref reader, bitmap, channels, maximum, rgb);
        }

        return new DecodedImage(new Image(width, height, rgb));
    }

    private static void ReadBits(ReadOnlySpan<byte> data, int width, Span<byte> rgb)
    {
        int stride = (width + 7) / 8;
        for (int y = 0; 3 * width * y < rgb.Length; y++)
        {
            var row = rgb.Slice(3 * width * y, 3 * width);
            SampleRows.PackedGray(data.Slice(y * stride, stride), 1, row);

            // A set bit is black.
            JpegColor.Invert(row);
        }
    }

    private static void ReadBinary(in ImageInput input, ReadOnlySpan<byte> data, int channels, int maximum, Span<byte> rgb)
    {
        byte[] levels = Levels(input, channels, maximum);
        for (int i = 0, to = 0; to < rgb.Length; i++)
        {
            int value = maximum > 255 ? BinaryPrimitives.ReadUInt16BigEndian(data[(2 * i)..]) : data[i];
            byte level = levels[Math.Min(value, maximum)];
            int repeats = channels == 1 ? 3 : 1;
            rgb.Slice(to, repeats).Fill(level);
            to += repeats;
        }
    }

    private static void ReadPlain(in ImageInput input, ref PnmReader reader, bool bitmap, int channels, int maximum, Span<byte> rgb)
    {
        byte[] levels = bitmap ? [255, 0] : Levels(input, channels, maximum);
        int repeats = channels == 1 ? 3 : 1;
        for (int to = 0; to < rgb.Length; to += repeats)
        {
            int value = bitmap ? reader.Bit() : reader.Number();
            rgb.Slice(to, repeats).Fill(value <= maximum ? levels[value] : throw input.Error($"PNM: the sample {value} is above {maximum}"));
        }
    }

    /// <summary>The 8-bit sample of each stored value.</summary>
    private static byte[] Levels(in ImageInput input, int channels, int maximum)
    {
        bool wide = channels == 1 && maximum > 255;
        var levels = new byte[maximum + 1];
        for (int value = 0; value <= maximum; value++)
        {
            int level = (int)Math.Round((double)value / maximum * (wide ? WideMaximum : 255), MidpointRounding.ToEven);
            levels[value] = (byte)(wide && input.Options.Gray16 == Gray16Conversion.Shift ? level >> 8 : Math.Min(level, 255));
        }

        return levels;
    }
}
