using System.IO.MemoryMappedFiles;

namespace Fovea.Tensors;

/// <summary>
/// A file mapped into memory, read-only: pages are read when they are first touched and shared with other processes. Writing through a tensor
/// that looks into it is a fault, and so is reading a file that somebody else shortens meanwhile.
/// </summary>
public sealed unsafe class MappedMemory : MemoryBlock
{
    private readonly MemoryMappedViewAccessor _view;

    private MappedMemory(MemoryMappedViewAccessor view, byte* pointer, long length)
        : base(pointer, length) => _view = view;

    /// <summary>When the file was last written before it was mapped.</summary>
    internal DateTime LastWriteTime { get; private init; }

    /// <summary>Maps a whole file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static MappedMemory Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        long length = stream.Length;
        if (length == 0)
        {
            throw new InvalidDataException($"{path}: the file is empty.");
        }

        using var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        return new MappedMemory(view, pointer, length) { LastWriteTime = File.GetLastWriteTimeUtc(stream.SafeFileHandle) };
    }

    internal ReadOnlySpan<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(Pointer + offset, length);
    }

    internal void CopyTo(long offset, AlignedMemory destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        Buffer.MemoryCopy(Pointer + offset, destination.Pointer, destination.Length, destination.Length);
    }

    internal override void Rest(long offset, long length) => PageAdvice.Release(Pointer + offset, length);

    private protected override void Free(byte* pointer)
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }
}
