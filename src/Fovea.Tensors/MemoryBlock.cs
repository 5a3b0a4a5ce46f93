namespace Fovea.Tensors;

/// <summary>
/// A run of bytes outside the managed heap that tensors look into. Whoever creates a block disposes it;
/// tensors that merely borrow it refuse to be read afterwards.
/// </summary>
public abstract unsafe class MemoryBlock : IDisposable
{
    private byte* _pointer;

    private protected MemoryBlock(byte* pointer, long length)
    {
        _pointer = pointer;
        Length = length;
    }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether the memory has been given back.</summary>
    public bool IsDisposed => _pointer == null;

    internal byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a range that lies inside the block.</summary>
    internal void WriteTo(Stream stream, long offset, long length)
    {
        const int Most = 1 << 24;
        for (long written = 0; written < length; written += Most)
        {
            stream.Write(new ReadOnlySpan<byte>(Pointer + offset + written, (int)Math.Min(length - written, Most)));
        }
    }

    /// <summary>Says that a range will not be read soon; what it holds stays.</summary>
    internal virtual void Rest(long offset, long length)
    {
    }

    /// <summary>Gives the memory back, once.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_pointer != null)
        {
            Free(_pointer);
            _pointer = null;
        }
    }

    private protected abstract void Free(byte* pointer);
}
