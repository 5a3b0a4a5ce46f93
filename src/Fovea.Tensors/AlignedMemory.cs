using System.Runtime.InteropServices;

namespace Fovea.Tensors;

/// <summary>Native memory aligned to 64 bytes, zeroed. Freed by <see cref="MemoryBlock.Dispose()"/> or the finalizer.</summary>
public sealed unsafe class AlignedMemory : MemoryBlock
{
    /// <summary>One cache line, and the width of the widest vector.</summary>
    public const int Alignment = 64;

    [ThreadStatic]
    private static long _allocated;

    private readonly void* _allocation;

    /// <summary>Allocates <paramref name="length"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public AlignedMemory(long length)
        : this(Allocate(length), length)
    {
    }

    private AlignedMemory(void* allocation, long length)
        : base(Align(allocation), length)
    {
        _allocation = allocation;
        GC.AddMemoryPressure(Math.Max(length, 1));
    }

    /// <summary>Bytes that the calling thread has allocated so far, whatever became of them; for measurements.</summary>
    public static long AllocatedByThisThread => _allocated;

    /// <summary>Frees what nobody disposed.</summary>
    ~AlignedMemory() => Dispose(false);

    private protected override void Free(byte* pointer)
    {
        NativeMemory.Free(_allocation);
        GC.RemoveMemoryPressure(Math.Max(Length, 1));
    }

    // Fresh zeroed pages come from the system for nothing and are first touched by the thread that fills them; clearing would touch all of them here.
    // Room for one vector behind the end lets kernels read whole vectors at the tail.
    private static void* Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        void* allocation = NativeMemory.AllocZeroed((nuint)length + (2 * Alignment));
        PageAdvice.AskForHugePages(allocation, length);
        _allocated += length;
        return allocation;
    }

    private static byte* Align(void* allocation) => (byte*)(((nuint)allocation + Alignment - 1) & ~(nuint)(Alignment - 1));
}
