using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Generation;

/// <summary>
/// What is known of pictures behind the encoder, row by row: features of the encoder, or visual tokens that went on to the language model. Rented, or owned
/// where a cache keeps it.
/// </summary>
/// <param name="Values">[rows, width].</param>
/// <param name="DeepStack">The further features that belong to them, level by level; [rows, width].</param>
/// <param name="Attention">Encoder attention that stages to come look at; [heads, rows].</param>
internal sealed record VisualFeatures(Tensor Values, IReadOnlyList<Tensor> DeepStack, IReadOnlyList<(Signal Signal, Tensor Values)> Attention) : IDisposable
{
    /// <summary>Of visual tokens, where they come from.</summary>
    public TokenMap Map { get; init; } = TokenMap.Identity(0);

    /// <summary>Of visual tokens, the reductions that led to them.</summary>
    public IReadOnlyList<StageReport> Reports { get; init; } = [];

    /// <summary>Bytes of the map and of so many rows.</summary>
    public long BytesOf(int rows) => (sizeof(int) * ((2L * Map.Outputs) + (2L * Map.Columns.Length)))
        + (sizeof(float) * (long)rows * (Values.RowLength + DeepStack.Sum(level => level.RowLength) + Attention.Sum(signal => signal.Values.Rows)));

    /// <summary>Room for as many rows of the same.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="allocate">Makes a tensor of rows and width.</param>
    public VisualFeatures Room(int rows, Func<int, int, Tensor> allocate) => new(
        allocate(rows, Values.RowLength),
        [.. DeepStack.Select(level => allocate(rows, level.RowLength))],
        [.. Attention.Select(signal => (signal.Signal, allocate(signal.Values.Rows, rows)))]);

    /// <summary>Copies rows into room for them.</summary>
    /// <param name="first">The first of the rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">The same widths.</param>
    /// <param name="place">Where the first of them goes.</param>
    public void CopyTo(int first, int count, VisualFeatures target, int place)
    {
        foreach (var (from, to) in DeepStack.Prepend(Values).Zip(target.DeepStack.Prepend(target.Values)))
        {
            for (int row = 0; row < count; row++)
            {
                from.Row<float>(first + row).CopyTo(to.Row<float>(place + row));
            }
        }

        foreach (var (from, to) in Attention.Zip(target.Attention))
        {
            for (int head = 0; head < from.Values.Rows; head++)
            {
                from.Values.Row<float>(head).Slice(first, count).CopyTo(to.Values.Row<float>(head)[place..]);
            }
        }
    }

    /// <summary>Some of the rows, owned by the caller.</summary>
    public VisualFeatures Copy(int first, int count)
    {
        var copy = Room(count, (rows, width) => Tensor.Allocate(rows, width)) with { Map = Map, Reports = Reports };
        CopyTo(first, count, copy, 0);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in DeepStack.Concat(Attention.Select(signal => signal.Values)).Prepend(Values))
        {
            tensor.Dispose();
        }
    }

    /// <summary>A copy of an f32 tensor, owned by the caller.</summary>
    public static Tensor CopyOf(Tensor tensor)
    {
        var copy = Tensor.Allocate(tensor.Rows, tensor.RowLength);
        for (int row = 0; row < tensor.Rows; row++)
        {
            tensor.Row<float>(row).CopyTo(copy.Row<float>(row));
        }

        return copy;
    }
}
