namespace Fovea.Tensors.Serialization;

/// <summary>A tensor's window on its storage: extents and strides in elements, known to lie inside.</summary>
internal sealed class StorageWindow
{
    private readonly long[] _stride;

    private StorageWindow(Shape shape, long[] stride)
    {
        Shape = shape;
        _stride = stride;
        long expected = 1;
        IsContiguous = true;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            IsContiguous &= shape[axis] == 1 || stride[axis] == expected;
            expected *= shape[axis];
        }

        IsContiguous |= shape.Count == 0;
    }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>Whether the elements follow each other in row-major order.</summary>
    public bool IsContiguous { get; }

    /// <summary>Checks what a file says of a tensor.</summary>
    /// <exception cref="InvalidDataException">The window is not one of its storage; the message names file, tensor and reason.</exception>
    public static StorageWindow Check(string file, string name, TorchTensor tensor)
    {
        var (storage, offset, size, stride) = tensor;
        if (size.Length != stride.Length || size.Length > Shape.MaxRank)
        {
            throw Wrong($"{size.Length} extents and {stride.Length} strides; at most {Shape.MaxRank}, and as many of each, are read");
        }

        if (Array.Exists(size, extent => extent is < 0 or > int.MaxValue) || Array.Exists(stride, step => step < 0) || offset < 0)
        {
            throw Wrong("a negative or too large offset, extent or stride");
        }

        if (offset > storage.Count)
        {
            throw Wrong($"the offset {offset} in a storage of {storage.Count} numbers");
        }

        // The product of six extents below 2^31 can pass 2^127.
        Int128 count = 1, last = offset;
        for (int axis = 0; axis < size.Length; axis++)
        {
            count = Int128.Min(count * Math.Max(size[axis], 1), (Int128)long.MaxValue + 1);
            last += (Int128)Math.Max(size[axis] - 1, 0) * stride[axis];
        }

        bool empty = Array.IndexOf(size, 0) >= 0;
        return count > (empty ? long.MaxValue : storage.Count) ? throw Wrong($"the shape [{string.Join(", ", size)}], more numbers than the {storage.Count} of its storage")
            : !empty && last >= storage.Count ? throw Wrong($"a window that ends at number {last} of a storage of {storage.Count}")
            : new StorageWindow(new Shape(Array.ConvertAll(size, extent => (int)extent)), stride);

        InvalidDataException Wrong(string what) => new($"{file}: the tensor {name} has {what}.");
    }

    /// <summary>Copies the elements in row-major order.</summary>
    /// <param name="memory">The file.</param>
    /// <param name="start">Its first byte that belongs to the tensor.</param>
    /// <param name="bytes">Bytes of an element.</param>
    /// <param name="destination">Receives them.</param>
    public unsafe void Gather(MappedMemory memory, long start, int bytes, AlignedMemory destination)
    {
        var place = new int[Shape.Rank];
        byte* to = destination.Pointer;
        long element = 0;
        for (long i = 0; i < Shape.Count; i++, to += bytes)
        {
            memory.Span(start + (element * bytes), bytes).CopyTo(new Span<byte>(to, bytes));
            for (int axis = Shape.Rank - 1; axis >= 0; axis--)
            {
                element += _stride[axis];
                if (++place[axis] < Shape[axis])
                {
                    break;
                }

                element -= place[axis] * _stride[axis];
                place[axis] = 0;
            }
        }
    }
}
