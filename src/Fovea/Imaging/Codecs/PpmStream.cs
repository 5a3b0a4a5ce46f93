using System.Globalization;
using System.Text;

namespace Fovea.Imaging.Codecs;

/// <summary>Reads pictures that follow one another as P6 with a largest value of 255, as <c>ffmpeg</c> writes them.</summary>
internal static class PpmStream
{
    private const int MaxHeader = 64;

    /// <summary>Reads the next picture.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="maxPixels">A larger picture is refused.</param>
    /// <returns>The picture, or null at the end of the stream.</returns>
    /// <exception cref="EndOfStreamException">The stream ends inside a picture, or holds something else.</exception>
    public static Image? Read(Stream stream, long maxPixels)
    {
        var header = new StringBuilder();
        int lines = 0;
        while (lines < 3)
        {
            int next = stream.ReadByte();
            if (next < 0 && header.Length == 0)
            {
                return null;
            }

            if (next < 0 || header.Length > MaxHeader)
            {
                throw new EndOfStreamException("no picture came out");
            }

            lines += next == '\n' ? 1 : 0;
            _ = header.Append((char)next);
        }

        string[] words = header.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["P6", var columns, var rows, "255"]
            || !int.TryParse(columns, NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            || !int.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            || width < 1 || height < 1 || (long)width * height > Math.Min(maxPixels, Array.MaxLength / 3))
        {
            throw new EndOfStreamException("what came out is no picture, or too large");
        }

        var rgb = new byte[3 * width * height];
        stream.ReadExactly(rgb);
        return new Image(width, height, rgb);
    }
}
