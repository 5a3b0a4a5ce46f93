using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Nn;

/// <summary>The weight of a linear layer as a checkpoint holds it, floating-point numbers or integers with scales, and the format it is to be kept in.</summary>
internal sealed class StoredMatrix : IDisposable
{
    private readonly Tensor? _numbers;
    private readonly QuantizedMatrix? _quantized;
    private readonly WeightFormat? _format;

    /// <summary>Borrows floating-point numbers.</summary>
    /// <param name="numbers">[outputs, …].</param>
    /// <param name="format">How they are to be kept; none = as stored.</param>
    public StoredMatrix(Tensor numbers, WeightFormat? format) => (_numbers, _format) = (numbers, format);

    /// <summary>Owns integers with scales.</summary>
    /// <param name="quantized">The matrix.</param>
    /// <param name="format">A format of floating-point numbers widens them first; any other leaves them as they are.</param>
    public StoredMatrix(QuantizedMatrix quantized, WeightFormat? format) => (_quantized, _format) = (quantized, format);

    /// <summary>Packs the matrix.</summary>
    public PackedMatrix Pack(Workers workers)
    {
        if (_quantized is null)
        {
            return PackedMatrix.Pack(_numbers!, workers, _format);
        }

        if (_format is null or { HasScales: true })
        {
            return PackedMatrix.Pack(_quantized, workers);
        }

        using var wide = _quantized.Widen();
        return PackedMatrix.Pack(wide, workers, _format);
    }

    /// <summary>Of every one of equal groups of rows, <paramref name="share"/> rows from <paramref name="row"/> on; a copy.</summary>
    public StoredMatrix Turns(int row, int share, int groups) => _quantized is null
        ? new StoredMatrix(Turns(_numbers!, row, share, groups), _format)
        : new StoredMatrix(new QuantizedMatrix(_quantized.Format, Turns(_quantized.Codes, row, share, groups), Turns(_quantized.Scales, row, share, groups)), _format);

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
    public void Dispose() => _quantized?.Dispose();
}
