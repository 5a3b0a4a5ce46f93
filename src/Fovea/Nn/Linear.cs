using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>y = x·Wᵀ + b. The weight is packed when the layer is made, and the layer owns the packed form.</summary>
public sealed class Linear : IDisposable
{
    private readonly PackedMatrix _weight;
    private readonly Tensor? _bias;

    private Linear(PackedMatrix weight, Tensor? bias)
    {
        _weight = weight;
        _bias = bias;
    }

    /// <summary>Length of an input row.</summary>
    public int Inputs => _weight.Inputs;

    /// <summary>Length of an output row.</summary>
    public int Outputs => _weight.Outputs;

    /// <summary>Bytes of the packed weight and the bias.</summary>
    public long Bytes => _weight.Bytes + (_bias is null ? 0 : _bias.Shape.Count * sizeof(float));

    /// <summary>Reads <c>weight</c> [outputs, inputs] and, if there is to be one, <c>bias</c> [outputs].</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Linear Load(WeightReader weights, int inputs, int outputs, bool bias, Compute compute) => new(
        PackedMatrix.Pack(weights.Stored("weight", outputs, inputs), compute.Workers),
        bias ? weights.Vector("bias", outputs) : null);

    /// <summary>Reads a matrix that holds several layers one above the other, as one layer each.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Linear[] LoadParts(WeightReader weights, int inputs, ReadOnlySpan<int> outputs, bool bias, Compute compute)
    {
        int total = 0;
        foreach (int count in outputs)
        {
            total = checked(total + count);
        }

        var weight = weights.Stored("weight", total, inputs);
        using var offset = bias ? weights.Vector("bias", total) : null;
        var parts = new Linear[outputs.Length];
        for (int i = 0, row = 0; i < parts.Length; row += outputs[i++])
        {
            parts[i] = Of(weight.Slice(row, outputs[i]), offset is null ? null : Tensor.From(offset.AsSpan<float>().Slice(row, outputs[i]), outputs[i]), compute);
        }

        return parts;
    }

    /// <summary>Packs a stored matrix, flattening all extents but the first.</summary>
    public static Linear Of(Tensor weight, Tensor? bias, Compute compute) => new(PackedMatrix.Pack(weight, compute.Workers), bias);

    /// <summary>Applies the layer.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <returns>[rows, outputs], rented.</returns>
    public Tensor Forward(Compute compute, Tensor x) => compute.Linear(x, _weight, _bias);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
