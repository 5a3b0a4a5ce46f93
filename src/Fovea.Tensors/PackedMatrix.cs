using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors;

/// <summary>
/// A weight matrix [outputs, inputs] in the layout that the matrix product reads. It is packed once at load and owned by the layer;
/// the stored tensor is not needed afterwards. One that lies in a <see cref="Serialization.PackedCache"/> borrows the mapped file.
/// </summary>
/// <remarks>
/// Layout: panels of 32 outputs, the last one padded. f32: [inputs][32]. bf16 and f16: [inputs/2][32][2]. Integers: <see cref="IntegerPanels"/>.
/// No number that is stored decides where a product reads or writes.
/// </remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>
    /// Names everything that decides the bytes of a packed matrix beside the weight and its format: the layout, and how weights are rounded to it. Whoever changes
    /// either changes the name, and a layout that depends on the instruction set would name it here; packed weights on disk under another name are not read.
    /// </summary>
    internal const string LayoutName = "panels of 32, 1";

    /// <summary>Bytes behind a matrix that may be read, though they are not used: one vector at the tail.</summary>
    internal const int Slack = AlignedMemory.Alignment;

    private readonly MemoryBlock _memory;
    private readonly long _offset;
    private readonly bool _owns;

    private PackedMatrix(AlignedMemory panels, WeightFormat format, int outputs, int inputs)
        : this(panels, 0, owns: true, format, outputs, inputs)
    {
    }

    private PackedMatrix(MemoryBlock memory, long offset, bool owns, WeightFormat format, int outputs, int inputs)
    {
        _memory = memory;
        _offset = offset;
        _owns = owns;
        Bytes = BytesOf(format, outputs, inputs);
        Format = format;
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>How the numbers are kept.</summary>
    public WeightFormat Format { get; }

    /// <summary>Length of a result row (n).</summary>
    public int Outputs { get; }

    /// <summary>Length of an input row (k).</summary>
    public int Inputs { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes { get; }

    internal byte* Data => _memory.Pointer + _offset;

    internal IntegerPanels Layout => LayoutOf(Format, Inputs);

    /// <summary>Packs a weight [outputs, inputs] (or [outputs, …], flattened) of type f32, f16 or bf16.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="format">How to keep it: 16 bits are rounded to nearest, ties to even; integers as <see cref="QuantizedMatrix.Of"/> does. Default: as it is stored.</param>
    /// <exception cref="ArgumentException">Not a matrix of f32, f16 or bf16, or a finite number is too large for the format.</exception>
    public static PackedMatrix Pack(Tensor weight, Workers workers, WeightFormat? format = null)
    {
        if (weight.Shape.Rank < 2 || weight.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"{weight} is not a matrix of f32, f16 or bf16.", nameof(weight));
        }

        format ??= WeightFormat.Of(weight.ElementType);
        if (format.HasScales)
        {
            using var quantized = QuantizedMatrix.Of(weight, format, workers);
            return Pack(quantized, workers);
        }

        return format.Kind == WeightKind.F32 ? PackFloats(weight, workers) : PackPairs(weight, workers, format);
    }

    /// <summary>Packs integers and scales as they are.</summary>
    public static PackedMatrix Pack(QuantizedMatrix weight, Workers workers)
    {
        int panels = Panels.Count(weight.Codes.Rows, Panels.Columns);
        var memory = new AlignedMemory(BytesOf(weight.Format, weight.Codes.Rows, weight.Codes.RowLength));
        var work = new IntegerPacking
        {
            Codes = (sbyte*)weight.Codes.Pointer,
            Scales = weight.Scales.Floats,
            Rows = weight.Codes.Rows,
            Layout = LayoutOf(weight.Format, weight.Codes.RowLength),
            Destination = memory.Pointer,
        };
        workers.Run(panels, 1, ref work);
        return new PackedMatrix(memory, weight.Format, weight.Codes.Rows, weight.Codes.RowLength);
    }

    /// <summary>Frees the packed data, unless they are borrowed.</summary>
    public void Dispose()
    {
        if (_owns)
        {
            _memory.Dispose();
        }
    }

    /// <summary>Bytes of a packed matrix.</summary>
    internal static long BytesOf(WeightFormat format, int outputs, int inputs)
    {
        long panels = Panels.Count(outputs, Panels.Columns);
        return checked(panels * (format.HasScales ? LayoutOf(format, inputs).PanelBytes
            : (format.Kind == WeightKind.F32 ? inputs : (inputs + 1L) / 2) * Panels.Columns * sizeof(float)));
    }

    /// <summary>Looks into a block that holds packed data.</summary>
    /// <exception cref="ArgumentException">The range, with <see cref="Slack"/> behind it, does not lie inside the block or is not aligned.</exception>
    internal static PackedMatrix View(MemoryBlock memory, long offset, WeightFormat format, int outputs, int inputs)
    {
        long bytes = BytesOf(format, outputs, inputs);
        return offset >= 0 && offset % AlignedMemory.Alignment == 0 && bytes <= memory.Length - Slack && offset <= memory.Length - Slack - bytes
            ? new PackedMatrix(memory, offset, owns: false, format, outputs, inputs)
            : throw new ArgumentException($"The range {offset}+{bytes} does not lie inside a block of {memory.Length} bytes.", nameof(offset));
    }

    internal void WriteTo(Stream stream) => _memory.WriteTo(stream, _offset, Bytes);

    private static IntegerPanels LayoutOf(WeightFormat format, int inputs) => new(inputs, format.Group, format.Kind == WeightKind.Int4);

    private static PackedMatrix PackFloats(Tensor weight, Workers workers)
    {
        int panels = Panels.Count(weight.Rows, Panels.Columns);
        var memory = new AlignedMemory(BytesOf(WeightFormat.F32, weight.Rows, weight.RowLength));
        var work = new FloatPacking
        {
            Source = weight.Pointer,
            Type = weight.ElementType,
            Rows = weight.Rows,
            Length = weight.RowLength,
            Destination = (float*)memory.Pointer,
        };
        workers.Run(panels, 1, ref work);
        weight.Rest();
        return new PackedMatrix(memory, WeightFormat.F32, weight.Rows, weight.RowLength);
    }

    private static PackedMatrix PackPairs(Tensor weight, Workers workers, WeightFormat format)
    {
        int panels = Panels.Count(weight.Rows, Panels.Columns);
        var memory = new AlignedMemory(BytesOf(format, weight.Rows, weight.RowLength));
        try
        {
            var work = new PairPacking
            {
                Source = weight.Pointer,
                Type = weight.ElementType,
                Target = format.Kind == WeightKind.BF16 ? ElementType.BF16 : ElementType.F16,
                Rows = weight.Rows,
                Length = weight.RowLength,
                Width = Panels.Columns,
                ChecksRange = true,
                Destination = (float*)memory.Pointer,
            };
            workers.Run(panels, 1, ref work);
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        weight.Rest();
        return new PackedMatrix(memory, format, weight.Rows, weight.RowLength);
    }
}
