namespace Fovea.Parquet;

/// <summary>What a file may ask for; one that asks for more is refused before memory is taken.</summary>
internal sealed record ParquetLimits
{
    /// <summary>Bytes of the footer.</summary>
    public int FooterBytes { get; init; } = 1 << 25;

    /// <summary>Bytes of a column chunk, as stored and decompressed, and of a row's values.</summary>
    public int ChunkBytes { get; init; } = 1 << 30;

    /// <summary>Values of a column chunk, nulls counted.</summary>
    public int ChunkValues { get; init; } = 1 << 24;
}
