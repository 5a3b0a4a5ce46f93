using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Nn;

/// <summary>The weight of a linear layer as a checkpoint holds it, floating-point numbers or integers with scales, and the format it is to be kept in.</summary>
internal abstract class StoredMatrix : IDisposable
{
    /// <summary>Borrows floating-point numbers.</summary>
    /// <param name="numbers">[outputs, …].</param>
    /// <param name="format">How they are to be kept; none = as stored.</param>
    public static StoredMatrix Of(Tensor numbers, WeightFormat? format) => new Floats(numbers, format, owns: false);

    /// <summary>Owns integers with scales.</summary>
    /// <param name="quantized">The matrix.</param>
    /// <param name="format">A format of floating-point numbers widens them first; any other leaves them as they are.</param>
    public static StoredMatrix Of(QuantizedMatrix quantized, WeightFormat? format) => new Integers(quantized, format);

    /// <summary>Packs the matrix.</summary>
    public abstract PackedMatrix Pack(Workers workers);

    /// <summary>Of every one of equal groups of rows, <paramref name="share"/> rows from <paramref name="row"/> on; a copy.</summary>
    public abstract StoredMatrix Turns(int row, int share, int groups);

    /// <inheritdoc cref="Turns(int, int, int)"/>
    public static Tensor Turns(Tensor stored, int row, int share, int groups)
    {
        int group = stored.Rows / groups;
        var extents = stored.Shape.ToArray();
        extents[0] = share * groups;
        var rows = Tensor.Allocate(stored.ElementType, new Shape(extents));
        for (int i = 0; i < groups; i++)
        {
            stored.Slice((i * group) + row, share).Bytes().CopyTo(rows.Slice(i * share, share).Bytes());
        }

        return rows;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class Floats(Tensor numbers, WeightFormat? format, bool owns) : StoredMatrix
    {
        public override PackedMatrix Pack(Workers workers) => PackedMatrix.Pack(numbers, workers, format);

        public override StoredMatrix Turns(int row, int share, int groups) => new Floats(Turns(numbers, row, share, groups), format, owns: true);

        public override void Dispose()
        {
            if (owns)
            {
                numbers.Dispose();
            }
        }
    }

    private sealed class Integers(QuantizedMatrix quantized, WeightFormat? format) : StoredMatrix
    {
        public override PackedMatrix Pack(Workers workers)
        {
            if (format is null or { HasScales: true })
            {
                return PackedMatrix.Pack(quantized, workers);
            }

            using var wide = quantized.Widen();
            return PackedMatrix.Pack(wide, workers, format);
        }

        public override StoredMatrix Turns(int row, int share, int groups) => new Integers(
            new QuantizedMatrix(quantized.Format, Turns(quantized.Codes, row, share, groups), Turns(quantized.Scales, row, share, groups)), format);

        public override void Dispose() => quantized.Dispose();
    }
}
