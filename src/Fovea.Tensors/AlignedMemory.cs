using System.Runtime.InteropServices;

namespace Fovea.Tensors;

/// <summary>Native memory aligned to 64 bytes, zeroed. Freed by <see cref="MemoryBlock.Dispose()"/> or the finalizer.</summary>
public sealed unsafe class AlignedMemory : MemoryBlock
{
    /// <summary>One cache line, and the width of the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>Allocates <paramref name="length"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public AlignedMemory(long length)
        : base(Allocate(length), length)
    {
        GC.AddMemoryPressure(Math.Max(length, 1));
    }

    /// <summary>Frees what nobody disposed.</summary>
    ~AlignedMemory() => Dispose(false);

    private protected override void Free(byte* pointer)
    {
        NativeMemory.AlignedFree(pointer);
        GC.RemoveMemoryPressure(Math.Max(Length, 1));
    }

    private static byte* Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        // Room for one vector behind the end lets kernels read whole vectors at the tail.
        nuint bytes = (nuint)length + Alignment;
        byte* pointer = (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(pointer, bytes);
        return pointer;
    }
}
