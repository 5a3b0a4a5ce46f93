using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors;

/// <summary>
/// A weight matrix [outputs, inputs] in the layout that the matrix product reads. It is packed once at load and owned by the layer;
/// the stored tensor is not needed afterwards.
/// </summary>
/// <remarks>
/// Layout: panels of 32 outputs, the last one padded. f32: [inputs][32]. bf16 and f16: [inputs/2][32][2]. Integers: <see cref="IntegerPanels"/>.
/// </remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly AlignedMemory _panels;

    private PackedMatrix(AlignedMemory panels, WeightFormat format, int outputs, int inputs)
    {
        _panels = panels;
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
    public long Bytes => _panels.Length;

    internal byte* Data => _panels.Pointer;

    internal IntegerPanels Layout => new(Inputs, Format.Group, Format.Kind == WeightKind.Int4);

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
        var layout = new IntegerPanels(weight.Codes.RowLength, weight.Format.Group, weight.Format.Kind == WeightKind.Int4);
        int panels = Panels.Count(weight.Codes.Rows, Panels.Columns);
        var memory = new AlignedMemory(checked(panels * layout.PanelBytes));
        var work = new IntegerPacking
        {
            Codes = (sbyte*)weight.Codes.Pointer,
            Scales = weight.Scales.Floats,
            Rows = weight.Codes.Rows,
            Layout = layout,
            Destination = memory.Pointer,
        };
        workers.Run(panels, 1, ref work);
        return new PackedMatrix(memory, weight.Format, weight.Codes.Rows, weight.Codes.RowLength);
    }

    /// <summary>Frees the packed data.</summary>
    public void Dispose() => _panels.Dispose();

    private static PackedMatrix PackFloats(Tensor weight, Workers workers)
    {
        int panels = Panels.Count(weight.Rows, Panels.Columns);
        var memory = new AlignedMemory(checked((long)panels * weight.RowLength * Panels.Columns * sizeof(float)));
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
        var memory = new AlignedMemory(checked((long)panels * ((weight.RowLength + 1L) / 2) * Panels.Columns * sizeof(float)));
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
