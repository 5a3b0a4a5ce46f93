namespace Fovea.Tensors.Kernels;

/// <summary>The memory of one thread of an attention call, cut into its parts.</summary>
internal unsafe struct AttentionScratch
{
    /// <summary>Rows of a block: query tile times group.</summary>
    public const int BlockRows = 96;

    /// <summary>Numbers from one row of scores to the next; a little more than a tile, so that rows do not fall into the same set of the cache.</summary>
    public const int ScoreStride = KeyTile.Size + 16;

    /// <summary>Assembled code for the products, if there is any.</summary>
    public FloatRoutines Routines;

    /// <summary>Packed keys and values.</summary>
    public KeyTiles Tiles;

    /// <summary>Queries of a block: [BlockRows][headSize].</summary>
    public float* Rows;

    /// <summary>The same in panels of 12.</summary>
    public float* PackedRows;

    /// <summary>Scores, then weights, of 12 rows: [12][ScoreStride].</summary>
    public float* Scores;

    /// <summary>The weights in a panel: [KeyTile.Size][12].</summary>
    public float* PackedScores;

    /// <summary>Weighted sums of values: [BlockRows][paddedHeadSize].</summary>
    public float* Sums;

    /// <summary>Running maximum of each row.</summary>
    public float* Maxima;

    /// <summary>Running sum of the weights of each row.</summary>
    public float* Weights;

    /// <summary>Cuts memory of <see cref="Length"/> numbers, aligned to a vector.</summary>
    public AttentionScratch(float* memory, int headSize, int tiles)
    {
        Rows = memory;
        PackedRows = Rows + (BlockRows * headSize);
        Scores = PackedRows + (BlockRows * headSize);
        PackedScores = Scores + (Panels.Rows * ScoreStride);
        Sums = PackedScores + (KeyTile.Size * Panels.Rows);
        Maxima = Sums + (BlockRows * Panels.Count(headSize, Panels.Columns) * Panels.Columns);
        Weights = Maxima + BlockRows;
        Tiles = new KeyTiles(Weights + BlockRows, tiles);
    }

    /// <summary>Numbers that the memory must hold.</summary>
    public static long Length(int headSize, int tiles)
    {
        long padded = Panels.Count(headSize, Panels.Columns) * Panels.Columns;
        long length = (BlockRows * ((2L * headSize) + padded + 2)) + (Panels.Rows * (ScoreStride + KeyTile.Size)) + ((long)tiles * KeyTiles.Length(headSize));

        // Whole cache lines, so that threads do not write to the same one.
        return (length + 15) / 16 * 16;
    }
}
