using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Generation;

/// <summary>What is kept of pictures that went through the encoder: the visual tokens, or the features before any reduction.</summary>
/// <param name="Values">[visual tokens, hidden size], or [feature rows, feature width].</param>
/// <param name="DeepStack">The further features that belong to them, level by level.</param>
/// <param name="Attention">Encoder attention that stages to come look at, with each visual token's column.</param>
/// <param name="Map">From the unreduced visual tokens to the values.</param>
/// <param name="Reports">The reductions so far.</param>
internal sealed record CachedFeatures(
    Tensor Values,
    IReadOnlyList<Tensor> DeepStack,
    IReadOnlyList<(Signal Signal, Tensor Values, int[] Columns)> Attention,
    TokenMap Map,
    IReadOnlyList<StageReport> Reports) : IDisposable
{
    /// <summary>Bytes of the tensors and of the map.</summary>
    public long Bytes { get; } = SizeOf(Values) + DeepStack.Sum(SizeOf) + Attention.Sum(signal => SizeOf(signal.Values) + (sizeof(int) * (long)signal.Columns.Length))
        + (sizeof(int) * ((2L * Map.Outputs) + (2L * Map.Columns.Length)));

    /// <summary>The same in memory of its own.</summary>
    public CachedFeatures Copy() => this with
    {
        Values = CopyOf(Values),
        DeepStack = [.. DeepStack.Select(CopyOf)],
        Attention = [.. Attention.Select(signal => (signal.Signal, CopyOf(signal.Values), signal.Columns))],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        foreach (var tensor in DeepStack.Concat(Attention.Select(signal => signal.Values)))
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

    private static long SizeOf(Tensor tensor) => tensor.Shape.Count * sizeof(float);
}
