namespace Fovea.Tensors.Kernels;

/// <summary>Memory that a later tile reads and this one asks for: a range that is wanted in the second-level cache.</summary>
/// <param name="Start">Any address.</param>
/// <param name="Length">Bytes; 0 = nothing.</param>
internal readonly unsafe record struct Ahead(nint Start, long Length)
{
    /// <summary>One of several equal shares of a range, in whole lines.</summary>
    public static Ahead Share(void* start, long length, int share, int shares)
    {
        long first = length / Prefetch.Line * share / shares, end = length / Prefetch.Line * (share + 1) / shares;
        return new Ahead((nint)start + (nint)(first * Prefetch.Line), (end - first) * Prefetch.Line);
    }
}
