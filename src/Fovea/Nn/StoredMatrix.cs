using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Nn;

/// <summary>
/// The weight of a linear layer as a checkpoint holds it, floating-point numbers or integers with scales, and the format it is to be kept in. Its numbers are not
/// read before it is packed.
/// </summary>
/// <param name="outputs">Its rows.</param>
/// <param name="inputs">Its columns.</param>
/// <param name="format">How it is kept when it is packed.</param>
internal abstract class StoredMatrix(int outputs, int inputs, WeightFormat format) : IDisposable
{
    /// <summary>Its rows.</summary>
    public int Outputs => outputs;

    /// <summary>Its columns.</summary>
    public int Inputs => inputs;

    /// <summary>How it is kept when it is packed.</summary>
    public WeightFormat Format => format;

    /// <summary>Tells it from other matrices that are made of the same stored one; empty = it is that one.</summary>
    public virtual string Part => "";

    /// <summary>Borrows floating-point numbers.</summary>
    /// <param name="numbers">[outputs, …].</param>
    /// <param name="format">How they are to be kept; none = as stored.</param>
    public static StoredMatrix Of(Tensor numbers, WeightFormat? format) => new Floats(numbers, format ?? WeightFormat.Of(numbers.ElementType));

    /// <summary>Integers with scales.</summary>
    /// <param name="stored">The matrix.</param>
    /// <param name="format">A format of floating-point numbers widens them first; any other leaves them as they are.</param>
    public static StoredMatrix Of(QuantizedWeight stored, WeightFormat? format) =>
        new Integers(stored, format is null or { HasScales: true } ? stored.Format : format);

    /// <summary>Floating-point numbers that have to be made of stored ones.</summary>
    /// <param name="part">Tells the matrix from others that are made of the same stored one.</param>
    /// <param name="shape">Its rows and columns.</param>
    /// <param name="format">How they are to be kept.</param>
    /// <param name="make">Makes them: [outputs, inputs].</param>
    public static StoredMatrix Of(string part, (int Outputs, int Inputs) shape, WeightFormat format, Func<Tensor> make) => new Made(part, shape, format, make);

    /// <summary>Packs the matrix, or some of its rows.</summary>
    public abstract PackedMatrix Pack(Workers workers, RowTurns? turns);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private static PackedMatrix Pack(Tensor numbers, WeightFormat format, Workers workers, RowTurns? turns)
    {
        using var rows = turns?.Of(numbers);
        return PackedMatrix.Pack(rows ?? numbers, workers, format);
    }

    private sealed class Floats(Tensor numbers, WeightFormat format) : StoredMatrix(numbers.Rows, numbers.RowLength, format)
    {
        public override PackedMatrix Pack(Workers workers, RowTurns? turns) => Pack(numbers, Format, workers, turns);
    }

    private sealed class Made(string part, (int Outputs, int Inputs) shape, WeightFormat format, Func<Tensor> make) : StoredMatrix(shape.Outputs, shape.Inputs, format)
    {
        public override string Part => part;

        public override PackedMatrix Pack(Workers workers, RowTurns? turns)
        {
            using var numbers = make();
            return Pack(numbers, Format, workers, turns);
        }
    }

    private sealed class Integers(QuantizedWeight stored, WeightFormat format) : StoredMatrix(stored.Outputs, stored.Inputs, format)
    {
        private QuantizedMatrix? _read;

        public override PackedMatrix Pack(Workers workers, RowTurns? turns)
        {
            _read ??= stored.Read(workers);
            using var rows = turns is { } some ? new QuantizedMatrix(_read.Format, some.Of(_read.Codes), some.Of(_read.Scales)) : null;
            var matrix = rows ?? _read;
            if (Format.HasScales)
            {
                return PackedMatrix.Pack(matrix, workers);
            }

            using var wide = matrix.Widen();
            return PackedMatrix.Pack(wide, workers, Format);
        }

        public override void Dispose()
        {
            _read?.Dispose();
            base.Dispose();
        }
    }
}
