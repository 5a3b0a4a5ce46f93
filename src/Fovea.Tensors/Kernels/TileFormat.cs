namespace Fovea.Tensors.Kernels;

/// <summary>What the operands of a <see cref="FloatTile"/> hold.</summary>
internal enum TileFormat
{
    /// <summary>Numbers in f32.</summary>
    Floats,

    /// <summary>A numbers in f32, B pairs of bf16 for two steps each, which are widened.</summary>
    WidenedPairs,

    /// <summary>A numbers in f32, B pairs of f16 for two steps each, which are widened; read by assembled code alone.</summary>
    WidenedHalves,

    /// <summary>Numbers in f32, of A row by row, <see cref="AttentionScratch.ScoreStride"/> apart; read by assembled code alone.</summary>
    RowsOfA,

    /// <summary>Both pairs of bf16, of which both products are added to the sum in one step.</summary>
    PairDots,
}
