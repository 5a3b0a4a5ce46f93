using System.IO.Compression;

namespace Fovea.Parquet;

/// <summary>Compresses and decompresses pages.</summary>
internal static class PageCompression
{
    // What a byte becomes at most: a Snappy copy takes 2 bytes for 11 or 3 for 64, Deflate's 2 bits for 258.
    private const int MostOfSnappy = 32, MostOfGzip = 1032;

    /// <summary>Decompresses a page.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="codec">How.</param>
    /// <param name="size">Bytes that the page's header declares.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, become more or fewer than declared, or the codec is not read.</exception>
    public static ReadOnlyMemory<byte> Decompress(ArraySegment<byte> bytes, CompressionCodec codec, int size)
    {
        switch (codec)
        {
            case var _ when bytes.Count == 0 && size == 0:
                return ReadOnlyMemory<byte>.Empty;
            case CompressionCodec.Uncompressed:
                return bytes.Count == size ? bytes : throw Wrong(size, codec);
            case CompressionCodec.Snappy when size <= (long)bytes.Count * MostOfSnappy:
                byte[] block = new byte[size];
                Snappy.Decompress(bytes, block);
                return block;
            case CompressionCodec.Gzip when size <= (long)bytes.Count * MostOfGzip:
                return Inflate(bytes, size);
            case CompressionCodec.Brotli:
                byte[] plain = new byte[size];
                return BrotliDecoder.TryDecompress(bytes, plain, out int written) && written == size ? plain : throw Wrong(size, codec);
            case CompressionCodec.Snappy or CompressionCodec.Gzip:
                throw Wrong(size, codec);
            default:
                throw new InvalidDataException($"the compression {Name(codec)} is not read; uncompressed, SNAPPY, GZIP and BROTLI are");
        }
    }

    /// <summary>Compresses a page by gzip.</summary>
    public static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static byte[] Inflate(ArraySegment<byte> bytes, int size)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count, writable: false), CompressionMode.Decompress);
        byte[] plain = new byte[size];
        return gzip.ReadAtLeast(plain, size, throwOnEndOfStream: false) == size && gzip.ReadByte() < 0 ? plain : throw Wrong(size, CompressionCodec.Gzip);
    }

    private static InvalidDataException Wrong(int size, CompressionCodec codec) => new($"its bytes do not become the declared {size} ({Name(codec)})");

    private static string Name(CompressionCodec codec) => codec == CompressionCodec.Lz4Raw ? "LZ4_RAW" : codec.ToString().ToUpperInvariant();
}
