using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors;

/// <summary>
/// A dense row-major array of one element type in native memory. A tensor made by <c>Allocate</c> owns its memory
/// and frees it when disposed; one made over a <see cref="MemoryBlock"/> borrows it, and reading it after the block is gone throws
/// <see cref="ObjectDisposedException"/>. Not safe for concurrent writing.
/// </summary>
public sealed unsafe class Tensor : IDisposable
{
    private readonly bool _owns;
    private MemoryBlock _memory;
    private long _offset;

    private Tensor(MemoryBlock memory, long offset, bool owns, ElementType elementType, Shape shape)
    {
        _memory = memory;
        _offset = offset;
        _owns = owns;
        ElementType = elementType;
        Shape = shape;
    }

    /// <summary>The type of the elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>The extents.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The number of rows: the first extent.</summary>
    public int Rows => Shape[0];

    /// <summary>The number of elements in a row: the product of all extents but the first.</summary>
    public int RowLength => Shape.Rank == 1 ? 1 : checked((int)(Shape[0] == 0 ? WidthOfEmpty() : Shape.Count / Shape[0]));

    internal byte* Pointer => _memory.Pointer + _offset;

    internal float* Floats => ElementType == ElementType.F32 ? (float*)Pointer : throw WrongType(ElementType.F32);

    /// <summary>Allocates a zeroed tensor that owns its memory.</summary>
    public static Tensor Allocate(ElementType elementType, Shape shape) =>
        new(new AlignedMemory(checked(shape.Count * elementType.Bytes())), 0, owns: true, elementType, shape);

    /// <summary>Allocates a zeroed f32 tensor that owns its memory.</summary>
    public static Tensor Allocate(params ReadOnlySpan<int> extents) => Allocate(ElementType.F32, new Shape(extents));

    /// <summary>Copies numbers into a new f32 tensor.</summary>
    /// <exception cref="ArgumentException">As many numbers as the shape has elements are needed.</exception>
    public static Tensor From(ReadOnlySpan<float> values, params ReadOnlySpan<int> extents)
    {
        var tensor = Allocate(extents);
        if (tensor.Shape.Count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape {tensor.Shape}.", nameof(values));
        }

        values.CopyTo(tensor.AsSpan<float>());
        return tensor;
    }

    /// <summary>Looks into a block without owning it.</summary>
    /// <exception cref="ArgumentException">The range does not lie inside the block or is not aligned to the element.</exception>
    public static Tensor View(MemoryBlock memory, long byteOffset, ElementType elementType, Shape shape)
    {
        long bytes = checked(shape.Count * elementType.Bytes());
        if (byteOffset < 0 || byteOffset > memory.Length - bytes)
        {
            throw new ArgumentException($"The range {byteOffset}+{bytes} lies outside a block of {memory.Length} bytes.", nameof(byteOffset));
        }

        if (byteOffset % elementType.Bytes() != 0)
        {
            throw new ArgumentException($"The offset {byteOffset} is not a multiple of the size of {elementType}.", nameof(byteOffset));
        }

        return new Tensor(memory, byteOffset, owns: false, elementType, shape);
    }

    /// <summary>All elements.</summary>
    /// <remarks>BF16 is read as <see cref="BFloat16"/>, BOOL and the 8-bit floats as <see cref="byte"/>.</remarks>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type, or there are more than 2^31 elements.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        CheckType<T>();
        return Shape.Count <= int.MaxValue
            ? new Span<T>(Pointer, (int)Shape.Count)
            : throw new InvalidOperationException($"The tensor {Shape} is too large for one span; read it by rows.");
    }

    /// <summary>Elements of row <paramref name="row"/>.</summary>
    public Span<T> Row<T>(int row)
        where T : unmanaged
    {
        CheckType<T>();
        return MemoryMarshal.Cast<byte, T>(RowBytes(row));
    }

    /// <summary>The bytes of the tensor.</summary>
    public Span<byte> Bytes()
    {
        long bytes = Shape.Count * ElementType.Bytes();
        return bytes <= int.MaxValue
            ? new Span<byte>(Pointer, (int)bytes)
            : throw new InvalidOperationException($"The tensor {Shape} is too large for one span; read it by rows.");
    }

    /// <summary>A borrowed view of rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1.</summary>
    public Tensor Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Rows - count);
        var extents = Shape.ToArray();
        extents[0] = count;
        return View(_memory, _offset + ((long)start * RowLength * ElementType.Bytes()), ElementType, new Shape(extents));
    }

    /// <summary>A borrowed view with other extents and as many elements.</summary>
    public Tensor Reshape(params ReadOnlySpan<int> extents)
    {
        var shape = new Shape(extents);
        return shape.Count == Shape.Count
            ? View(_memory, _offset, ElementType, shape)
            : throw new ArgumentException($"The shape {Shape} cannot be read as {shape}.", nameof(extents));
    }

    /// <summary>Forgets the rows from <paramref name="rows"/> on. The memory stays.</summary>
    public void Truncate(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Rows);
        Reinterpret(WithRows(rows));
    }

    /// <summary>Frees the memory if this tensor owns it.</summary>
    public void Dispose()
    {
        if (_owns)
        {
            _memory.Dispose();
        }
    }

    /// <summary>Element type and extents, such as <c>F32[576, 1024]</c>.</summary>
    public override string ToString() => $"{ElementType}{Shape}";

    /// <summary>The bytes of row <paramref name="row"/>.</summary>
    public Span<byte> RowBytes(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        int bytes = checked(RowLength * ElementType.Bytes());
        return new Span<byte>(Pointer + ((long)row * bytes), bytes);
    }

    /// <summary>Says that the tensor will not be read soon: pages of a mapped file need not stay in memory.</summary>
    internal void Rest() => _memory.Rest(_offset, Shape.Count * ElementType.Bytes());

    internal void WriteTo(Stream stream) => _memory.WriteTo(stream, _offset, Shape.Count * ElementType.Bytes());

    internal void Reinterpret(Shape shape) => Shape = shape;

    internal void Rebind(MemoryBlock memory, long byteOffset, Shape shape)
    {
        _memory = memory;
        _offset = byteOffset;
        Shape = shape;
    }

    private Shape WithRows(int rows)
    {
        Span<int> extents = stackalloc int[Shape.Rank];
        extents[0] = rows;
        for (int i = 1; i < extents.Length; i++)
        {
            extents[i] = Shape[i];
        }

        return new Shape(extents);
    }

    private long WidthOfEmpty()
    {
        long width = 1;
        for (int i = 1; i < Shape.Rank; i++)
        {
            width *= Shape[i];
        }

        return width;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckType<T>()
    {
        bool matches = ElementType switch
        {
            ElementType.F32 => typeof(T) == typeof(float),
            ElementType.F16 => typeof(T) == typeof(Half),
            ElementType.BF16 => typeof(T) == typeof(BFloat16),
            ElementType.I64 => typeof(T) == typeof(long),
            ElementType.I32 => typeof(T) == typeof(int),
            ElementType.U8 => typeof(T) == typeof(byte),
            ElementType.I8 => typeof(T) == typeof(sbyte),
            ElementType.F64 => typeof(T) == typeof(double),
            ElementType.U64 => typeof(T) == typeof(ulong),
            ElementType.U32 => typeof(T) == typeof(uint),
            ElementType.I16 => typeof(T) == typeof(short),
            ElementType.U16 => typeof(T) == typeof(ushort),
            ElementType.Bool or ElementType.F8E4M3 or ElementType.F8E5M2 => typeof(T) == typeof(byte),
            _ => false,
        };
        if (!matches)
        {
            throw new InvalidOperationException($"The tensor {this} is not made of {typeof(T).Name}.");
        }
    }

    private InvalidOperationException WrongType(ElementType wanted) => new($"The tensor {this} is not made of {wanted}.");
}
