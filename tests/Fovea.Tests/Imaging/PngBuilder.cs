using System.Buffers.Binary;
using System.IO.Compression;
using Fovea.Imaging.Codecs;

namespace Fovea.Tests.Imaging;

/// <summary>Writes PNG files that say what a test wants them to say.</summary>
internal static class PngBuilder
{
    public static byte[] Header(int width, int height, byte depth = 8, byte type = 2, byte interlace = 0)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9], data[12]) = (depth, type, interlace);
        return Chunk("IHDR", data);
    }

    public static byte[] Chunk(string name, byte[] data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        System.Text.Encoding.ASCII.GetBytes(name).CopyTo(chunk, 4);
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Of(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    public static byte[] Deflate(byte[] raw)
    {
        using var target = new MemoryStream();
        using (var deflater = new ZLibStream(target, CompressionLevel.Optimal))
        {
            deflater.Write(raw);
        }

        return target.ToArray();
    }

    public static byte[] File(params byte[][] chunks) => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. chunks.SelectMany(chunk => chunk)];

    /// <summary>An RGB picture without filters.</summary>
    public static byte[] Picture(int width, int height, byte[] rgb)
    {
        byte[] raw = [.. Enumerable.Range(0, height).SelectMany(y => rgb.Skip(3 * width * y).Take(3 * width).Prepend((byte)0))];
        return File(Header(width, height), Chunk("IDAT", Deflate(raw)), Chunk("IEND", []));
    }
}
