namespace Fovea.Tensors.Kernels;

/// <summary>A range of memory that a later tile reads, and that is wanted in the second-level cache.</summary>
internal readonly unsafe struct Ahead(byte* start, long length)
{
    /// <summary>Where it begins; any address.</summary>
    public byte* Start { get; } = start;

    /// <summary>Bytes; 0 = nothing is wanted.</summary>
    public long Length { get; } = length;

    /// <summary>One of several equal shares of a range, in whole lines.</summary>
    public static Ahead Share(void* start, long length, int share, int shares)
    {
        long first = length / Prefetch.Line * share / shares, end = length / Prefetch.Line * (share + 1) / shares;
        return new Ahead((byte*)start + (first * Prefetch.Line), (end - first) * Prefetch.Line);
    }
}
