using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors;

/// <summary>
/// A weight matrix [outputs, inputs] in the layout that the matrix product reads. It is packed once at load and owned by the layer;
/// the stored tensor is not needed afterwards.
/// </summary>
public sealed class PackedMatrix : IDisposable
{
    private PackedMatrix(Tensor data, int outputs, int inputs)
    {
        Data = data;
        Outputs = outputs;
        Inputs = inputs;
    }

    /// <summary>Length of a result row (n).</summary>
    public int Outputs { get; }

    /// <summary>Length of an input row (k).</summary>
    public int Inputs { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => Data.Shape.Count * Data.ElementType.Bytes();

    internal Tensor Data { get; }

    /// <summary>Packs a weight [outputs, inputs] (or [outputs, …], flattened) of type f32, f16 or bf16, widened to f32.</summary>
    /// <exception cref="ArgumentException">Not a floating-point matrix.</exception>
    public static PackedMatrix Pack(Tensor weight, Workers workers)
    {
        var data = Tensor.Allocate(weight.Rows, weight.RowLength);
        for (int i = 0; i < weight.Rows; i++)
        {
            Kernels.Widen.Row(weight, i, data.Row<float>(i));
        }

        return new PackedMatrix(data, weight.Rows, weight.RowLength);
    }

    /// <summary>Frees the packed data.</summary>
    public void Dispose() => Data.Dispose();
}
