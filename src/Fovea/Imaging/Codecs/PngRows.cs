using System.IO.Compression;

namespace Fovea.Imaging.Codecs;

/// <summary>Inflates, unfilters and converts the rows of a PNG picture, one at a time.</summary>
internal sealed class PngRows(PngHeader header, ZLibStream inflater)
{
    private readonly byte[] _rgbRow = new byte[3 * header.Width];

    // The number of the filter, then the filtered bytes.
    private readonly byte[] _stored = new byte[1 + header.RowBytes(header.Width)];
    private byte[] _current = new byte[header.RowBytes(header.Width)];
    private byte[] _above = new byte[header.RowBytes(header.Width)];

    /// <summary>Reads the rows of one pass into <paramref name="rgb"/>, the whole picture.</summary>
    public void Read(in ImageInput input, PngPass pass, ReadOnlySpan<byte> palette, Span<byte> rgb)
    {
        var (width, height) = pass.SizeIn(header.Width, header.Height);
        if (width == 0)
        {
            return;
        }

        int length = header.RowBytes(width);
        Array.Clear(_above);
        for (int row = 0; row < height; row++)
        {
            if (inflater.ReadAtLeast(_stored.AsSpan(0, 1 + length), 1 + length, throwOnEndOfStream: false) <= length)
            {
                throw input.Error($"PNG: the image data end after {row} of {height} rows");
            }

            var samples = _current.AsSpan(0, length);
            if (!PngFilters.Undo(_stored[0], _stored.AsSpan(1, length), _above.AsSpan(0, length), samples, header.FilterDistance))
            {
                throw input.Error($"PNG: row {row} has the unknown filter {_stored[0]}");
            }

            var target = rgb.Slice(3 * header.Width * (pass.Y + (row * pass.StepY)), 3 * header.Width);
            if (pass.StepX == 1)
            {
                Convert(input.Options.Gray16, samples, palette, target);
            }
            else
            {
                Convert(input.Options.Gray16, samples, palette, _rgbRow.AsSpan(0, 3 * width));
                Scatter(_rgbRow.AsSpan(0, 3 * width), target, pass);
            }

            (_current, _above) = (_above, _current);
        }
    }

    private static void Scatter(ReadOnlySpan<byte> pixels, Span<byte> row, PngPass pass)
    {
        for (int i = 0, x = 3 * pass.X; i < pixels.Length; i += 3, x += 3 * pass.StepX)
        {
            pixels.Slice(i, 3).CopyTo(row[x..]);
        }
    }

    private void Convert(Gray16Conversion gray16, ReadOnlySpan<byte> samples, ReadOnlySpan<byte> palette, Span<byte> rgb)
    {
        switch (header.ColorType)
        {
            case PngColorType.Gray when header.Depth < 8:
                SampleRows.PackedGray(samples, header.Depth, rgb);
                break;
            case PngColorType.Gray when header.Depth == 16:
                SampleRows.Gray16(samples, gray16, rgb);
                break;
            case PngColorType.Gray:
                SampleRows.Gray(samples, 1, rgb);
                break;
            case PngColorType.GrayAlpha:
                SampleRows.Gray(samples, header.Depth / 4, rgb);
                break;
            case PngColorType.Palette:
                SampleRows.Palette(samples, header.Depth, palette, rgb);
                break;
            case PngColorType.Rgb when header.Depth == 8:
                samples.CopyTo(rgb);
                break;
            default:
                SampleRows.Rgb(samples, header.Channels * header.Depth / 8, header.Depth / 8, rgb);
                break;
        }
    }
}
