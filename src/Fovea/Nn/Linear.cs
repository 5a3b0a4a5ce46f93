using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
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

    /// <summary>How the weight is kept.</summary>
    public WeightFormat Format => _weight.Format;

    /// <summary>Reads <c>weight</c> [outputs, inputs] and, if there is to be one, <c>bias</c> [outputs].</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Linear Load(WeightReader weights, int inputs, int outputs, bool bias, Compute compute)
    {
        using var weight = weights.Matrix("weight", outputs, inputs, compute.Workers);
        return Of(weights, weight, bias ? weights.Vector("bias", outputs) : null, compute);
    }

    /// <summary>Reads a matrix that holds several layers, as one layer each.</summary>
    /// <param name="weights">Where the matrix lies.</param>
    /// <param name="inputs">Length of an input row.</param>
    /// <param name="outputs">Output row length of each layer, multiples of <paramref name="groups"/>.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="compute">Packs the weights.</param>
    /// <param name="groups">How often the layers take turns: the matrix holds this many groups, in each of them an equal share of every layer's rows, layer by layer.</param>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Linear[] LoadParts(WeightReader weights, int inputs, ReadOnlySpan<int> outputs, bool bias, Compute compute, int groups = 1)
    {
        int total = 0;
        foreach (int count in outputs)
        {
            total = checked(total + count);
        }

        using var weight = weights.Matrix("weight", total, inputs, compute.Workers);
        using var offset = bias ? weights.Vector("bias", total) : null;
        var parts = new Linear[outputs.Length];
        for (int i = 0, row = 0; i < parts.Length; row += outputs[i++] / groups)
        {
            int share = outputs[i] / groups;
            using var rows = weight.Turns(row, share, groups);
            parts[i] = Of(weights, rows, offset is null ? null : StoredMatrix.Turns(offset, row, share, groups), compute);
        }

        return parts;
    }

    /// <summary>Packs a stored matrix as it is, flattening all extents but the first.</summary>
    public static Linear Of(Tensor weight, Tensor? bias, Compute compute) => new(PackedMatrix.Pack(weight, compute.Workers), bias);

    /// <summary>Packs a matrix that was made of a stored one, the module at which the reader stands.</summary>
    /// <param name="weights">Chooses the format.</param>
    /// <param name="weight">[outputs, inputs]: numbers of the stored type, whatever they are in now.</param>
    /// <param name="stored">The type of the stored matrix.</param>
    /// <param name="compute">Packs the weights.</param>
    internal static Linear Of(WeightReader weights, Tensor weight, ElementType stored, Compute compute) =>
        Of(weights, StoredMatrix.Of(weight, weights.Format(weight.RowLength) ?? WeightFormat.Of(stored)), null, compute);

    private static Linear Of(WeightReader weights, StoredMatrix weight, Tensor? bias, Compute compute)
    {
        try
        {
            var packed = weight.Pack(compute.Workers);
            weights.Loaded(packed);
            return new Linear(packed, bias);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{weights.Source}: weight {weights.StoredName("weight")} cannot be packed: {wrong.Message}", wrong);
        }
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="epilogue">What follows.</param>
    /// <returns>[rows, outputs], rented, or what the epilogue adds it to.</returns>
    public Tensor Forward(Compute compute, Tensor x, in Epilogue epilogue = default) => compute.Linear(x, _weight, _bias, epilogue);

    /// <summary>Applies the layer to rows that other layers read too.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="epilogue">What follows.</param>
    /// <returns>[rows, outputs], rented, or what the epilogue adds it to.</returns>
    public Tensor Forward(Compute compute, ref SharedRows x, in Epilogue epilogue = default) => compute.Linear(ref x, _weight, _bias, epilogue);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
