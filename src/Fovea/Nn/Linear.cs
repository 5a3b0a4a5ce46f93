using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>y = x·Wᵀ + b, or s ⊙ (x·Wᵀ + b). The weight is packed when the layer is made, and the layer owns the packed form.</summary>
public sealed class Linear : IDisposable
{
    private readonly PackedMatrix _weight;
    private readonly Tensor? _bias;
    private readonly Tensor? _scale;

    private Linear(PackedMatrix weight, Tensor? bias, Tensor? scale = null)
    {
        _weight = weight;
        _bias = bias;
        _scale = scale;
    }

    /// <summary>Length of an input row.</summary>
    public int Inputs => _weight.Inputs;

    /// <summary>Length of an output row.</summary>
    public int Outputs => _weight.Outputs;

    /// <summary>Bytes of the packed weight, the bias and the scale.</summary>
    public long Bytes => _weight.Bytes + BytesOf(_bias) + BytesOf(_scale);

    /// <summary>How the weight is kept.</summary>
    public WeightFormat Format => _weight.Format;

    /// <summary>Reads <c>weight</c> [outputs, inputs] and, if there is to be one, <c>bias</c> [outputs].</summary>
    /// <param name="weights">Where they lie.</param>
    /// <param name="inputs">Length of an input row.</param>
    /// <param name="outputs">Length of an output row.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <param name="compute">Packs the weight.</param>
    /// <param name="scale">s [outputs], or none; the layer owns it.</param>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Linear Load(WeightReader weights, int inputs, int outputs, bool bias, Compute compute, Tensor? scale = null)
    {
        using var weight = weights.Matrix("weight", outputs, inputs);
        return Of(weights, weight, null, bias ? weights.Vector("bias", outputs) : null, compute, scale);
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

        using var weight = weights.Matrix("weight", total, inputs);
        using var offset = bias ? weights.Vector("bias", total) : null;
        var parts = new Linear[outputs.Length];
        for (int i = 0, row = 0; i < parts.Length; row += outputs[i++] / groups)
        {
            var turns = new RowTurns(row, outputs[i] / groups, groups);
            parts[i] = Of(weights, weight, turns, offset is null ? null : turns.Of(offset), compute);
        }

        return parts;
    }

    /// <summary>Packs a stored matrix of the module at which the reader stands as it is, flattening all extents but the first; no policy concerns it.</summary>
    /// <param name="weights">Where the matrix lies.</param>
    /// <param name="weight">[outputs, …]: the module's matrix, or rows of it.</param>
    /// <param name="bias">[outputs], or none; the layer owns it.</param>
    /// <param name="compute">Packs the weights.</param>
    /// <param name="part">Tells these rows from others of the same matrix; empty = it is the whole.</param>
    /// <exception cref="ArgumentException">Not a matrix of f32, f16 or bf16.</exception>
    public static Linear Of(WeightReader weights, Tensor weight, Tensor? bias, Compute compute, string part = "") =>
        new(weights.Packed(part, StoredMatrix.Of(weight, null), null, compute.Workers), bias);

    /// <summary>Packs a matrix that was made of a stored one, the module at which the reader stands, and notes what became of it.</summary>
    internal static Linear Of(WeightReader weights, StoredMatrix weight, Compute compute) => Of(weights, weight, null, null, compute);

    private static long BytesOf(Tensor? vector) => vector is null ? 0 : vector.Shape.Count * sizeof(float);

    private static Linear Of(WeightReader weights, StoredMatrix weight, RowTurns? turns, Tensor? bias, Compute compute, Tensor? scale = null)
    {
        try
        {
            var packed = weights.Packed(turns?.ToString() ?? weight.Part, weight, turns, compute.Workers);
            weights.Loaded(packed);
            return new Linear(packed, bias, scale);
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
    public Tensor Forward(Compute compute, Tensor x, in Epilogue epilogue = default) => compute.Linear(x, _weight, _bias, epilogue.Behind(_scale));

    /// <summary>Applies the layer to rows that other layers read too.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="epilogue">What follows.</param>
    /// <returns>[rows, outputs], rented, or what the epilogue adds it to.</returns>
    public Tensor Forward(Compute compute, ref SharedRows x, in Epilogue epilogue = default) => compute.Linear(ref x, _weight, _bias, epilogue.Behind(_scale));

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
        _scale?.Dispose();
    }
}
