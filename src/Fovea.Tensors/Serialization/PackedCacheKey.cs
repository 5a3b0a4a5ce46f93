using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// A digest (SHA-256) of everything that decides packed weights: the layout, the files that they are made of, and what the caller adds. Where any of it differs,
/// so does the digest.
/// </summary>
public sealed class PackedCacheKey : IDisposable
{
    private const int MostAtOnce = 1 << 24;

    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>A key of the layout alone.</summary>
    public PackedCacheKey() => Add(PackedMatrix.LayoutName);

    /// <summary>Adds a text.</summary>
    public void Add(string part)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part);
        Add(bytes.Length);
        _digest.AppendData(bytes);
    }

    /// <summary>Adds the identity of a checkpoint's files: full paths, lengths, times of the last writing, headers and the index. Other contents are not read.</summary>
    public void Add(CheckpointReader weights) => weights.Identify(this);

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    internal void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _digest.AppendData(bytes);
    }

    internal void Add(MappedMemory memory, long start, long length)
    {
        Add(length);
        for (long end = start + length; start < end; start += MostAtOnce)
        {
            _digest.AppendData(memory.Span(start, (int)Math.Min(end - start, MostAtOnce)));
        }
    }

    internal byte[] Digest() => _digest.GetCurrentHash();
}
