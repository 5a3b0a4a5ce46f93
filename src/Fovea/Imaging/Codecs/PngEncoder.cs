using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fovea.Imaging.Codecs;

/// <summary>Writes PNG (ISO/IEC 15948): 8-bit RGB, not interlaced, every row filtered by the difference to the row above.</summary>
internal static class PngEncoder
{
    private const byte UpFilter = 2;

    public static void Encode(Image image, Stream output)
    {
        output.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)PngColorType.Rgb;
        header[10..].Clear();
        WriteChunk(output, "IHDR", header);
        WriteChunk(output, "IDAT", Deflate(image));
        WriteChunk(output, "IEND", []);
    }

    private static ReadOnlySpan<byte> Deflate(Image image)
    {
        var compressed = new MemoryStream();
        var row = new byte[1 + (3 * image.Width)];
        row[0] = UpFilter;
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (int y = 0; y < image.Height; y++)
            {
                var samples = image.Row(y);
                samples.CopyTo(row.AsSpan(1));
                if (y > 0)
                {
                    var above = image.Row(y - 1);
                    for (int i = 0; i < samples.Length; i++)
                    {
                        row[1 + i] -= above[i];
                    }
                }

                zlib.Write(row);
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteChunk(Stream output, string type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[checked(4 + data.Length)];
        Encoding.ASCII.GetBytes(type, chunk);
        data.CopyTo(chunk.AsSpan(4));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        output.Write(number);
        output.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(chunk));
        output.Write(number);
    }
}
