using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors;

/// <summary>
/// A weight matrix [outputs, inputs] in the layout that the matrix product reads. It is packed once at load and owned by the layer;
/// the stored tensor is not needed afterwards.
/// </summary>
/// <remarks>Layout: panels of 32 outputs, each [inputs][32] in f32, the last one padded with zeros.</remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly AlignedMemory _panels;

    private PackedMatrix(AlignedMemory panels, int outputs, int inputs)
    {
        _panels = panels;
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>Length of a result row (n).</summary>
    public int Outputs { get; }

    /// <summary>Length of an input row (k).</summary>
    public int Inputs { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _panels.Length;

    internal float* Data => (float*)_panels.Pointer;

    /// <summary>Packs a weight [outputs, inputs] (or [outputs, …], flattened) of type f32, f16 or bf16, widened to f32.</summary>
    /// <exception cref="ArgumentException">Not a matrix of f32, f16 or bf16.</exception>
    public static PackedMatrix Pack(Tensor weight, Workers workers)
    {
        if (weight.Shape.Rank < 2 || weight.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"{weight} is not a matrix of f32, f16 or bf16.", nameof(weight));
        }

        int panels = Panels.Count(weight.Rows, Panels.Columns);
        var memory = new AlignedMemory(checked((long)panels * weight.RowLength * Panels.Columns * sizeof(float)));
        var work = new Packing
        {
            Source = weight.Pointer,
            Type = weight.ElementType,
            Rows = weight.Rows,
            Length = weight.RowLength,
            Destination = (float*)memory.Pointer,
        };
        workers.Run(panels, 1, ref work);
        weight.Rest();
        return new PackedMatrix(memory, weight.Rows, weight.RowLength);
    }

    /// <summary>Frees the packed data.</summary>
    public void Dispose() => _panels.Dispose();

    private struct Packing : IRangeWork
    {
        public byte* Source;
        public ElementType Type;
        public int Rows;
        public int Length;
        public float* Destination;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int panel = start; panel < end; panel++)
            {
                int row = panel * Panels.Columns;
                int rows = Math.Min(Panels.Columns, Rows - row);
                byte* source = Source + ((long)row * Length * Type.Bytes());
                Panels.Pack(source, Type, rows, Length, Destination + ((long)row * Length), Panels.Columns);
            }
        }
    }
}
