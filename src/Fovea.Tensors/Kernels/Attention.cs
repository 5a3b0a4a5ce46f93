using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Softmax attention in one pass over tiles of keys with a running maximum and sum (arXiv:1805.02867; tiled as in arXiv:2205.14135).
/// Tiles lie at multiples of 256 keys, and within a tile every sum runs over the keys upwards, so a row's value does not depend on which
/// other rows are computed with it: the last row of a prompt equals the row decoded alone after the rest was cached.
/// </summary>
internal static unsafe class Attention
{
    /// <summary>
    /// Computes <paramref name="rows"/> rows of a key/value head from row <paramref name="first"/> on, at most <see cref="AttentionScratch.BlockRows"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block<V>(in AttentionSequence s, int head, int first, int rows, ref AttentionScratch w)
        where V : unmanaged, ILanes<V>
    {
        GatherRows(s, head, first, rows, w);
        new Span<float>(w.Sums, Panels.Count(rows, Panels.Rows) * Panels.Rows * s.PaddedHeadSize).Clear();
        new Span<float>(w.Maxima, rows).Fill(float.NegativeInfinity);
        new Span<float>(w.Weights, rows).Clear();
        int lastKey = s.LastKey(first + rows - 1);
        for (int tile = s.FirstKey(first) / KeyTile.Size; tile * KeyTile.Size <= lastKey; tile++)
        {
            var keys = w.Tiles.Load(s, head, tile);
            for (int row = 0; row < rows; row += Panels.Rows)
            {
                Panel<V>(s, head, keys, first, row, Math.Min(Panels.Rows, rows - row), few: rows <= MatrixRows.MaxRows, w);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            Finish<V>(s, head, first + row, w.Sums + (row * s.PaddedHeadSize), w.Maxima[row], w.Weights[row]);
        }
    }

    /// <summary>Scores of up to 12 rows with a tile of keys: their dot products, not scaled.</summary>
    /// <param name="s">The sequence.</param>
    /// <param name="tile">The keys.</param>
    /// <param name="row">First row in the scratch memory; a multiple of 12.</param>
    /// <param name="rows">1 to 12.</param>
    /// <param name="few">Whether the rows are read unpacked.</param>
    /// <param name="keys">How many keys of the tile are wanted.</param>
    /// <param name="w">Scratch memory with the rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores<V>(in AttentionSequence s, in KeyTile tile, int row, int rows, bool few, int keys, in AttentionScratch w)
        where V : unmanaged, ILanes<V>
    {
        int d = s.HeadSize;
        if (few)
        {
            MatrixRows.Run<V>(
                w.Rows + (row * d), d, rows, tile.Keys, Panels.Columns, d * Panels.Columns, d, w.Scores, AttentionScratch.ScoreStride, keys, add: false);
            return;
        }

        for (int key = 0; key < keys; key += Panels.Columns)
        {
            var product = new FloatTile
            {
                A = w.PackedRows + (row * d),
                B = tile.Keys + (key * d),
                StrideOfB = Panels.Columns * sizeof(float),
                Steps = d,
                C = w.Scores + key,
                StrideOfC = AttentionScratch.ScoreStride * sizeof(float),
                Rows = Panels.Rows,
                Columns = Panels.Columns,
            };
            product.AskFor(default);
            MatrixTile.Run<V>(w.Routines, product);
        }
    }

    /// <summary>Copies the queries of some rows into the scratch memory, and packs them if they are not few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GatherRows(in AttentionSequence s, int head, int first, int rows, in AttentionScratch w)
    {
        int d = s.HeadSize;
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(s.Query(head, first + row), d).CopyTo(new Span<float>(w.Rows + (row * d), d));
        }

        PackRows(s, rows, w);
    }

    /// <summary>Packs the rows of the scratch memory if they are not few.</summary>
    public static void PackRows(in AttentionSequence s, int rows, in AttentionScratch w)
    {
        int d = s.HeadSize;
        for (int row = 0; rows > MatrixRows.MaxRows && row < rows; row += Panels.Rows)
        {
            Panels.Pack(w.Rows + (row * d), d, Math.Min(Panels.Rows, rows - row), d, w.PackedRows + (row * d), Panels.Rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel<V>(in AttentionSequence s, int head, in KeyTile tile, int first, int row, int rows, bool few, in AttentionScratch w)
        where V : unmanaged, ILanes<V>
    {
        int keys = Math.Min(tile.Count, s.LastKey(first + row + rows - 1) + 1 - tile.Start);
        if (keys <= 0 || s.FirstKey(first + row) >= tile.Start + tile.Count)
        {
            return;
        }

        Scores<V>(s, tile, row, rows, few, keys, w);
        int width = s.PaddedHeadSize;
        float* sums = w.Sums + (row * width);
        for (int r = 0; r < rows; r++)
        {
            int at = row + r;
            float* scores = w.Scores + (r * AttentionScratch.ScoreStride);
            float shrink = AttentionRow.Weigh<V>(s, tile, first + at, keys, scores, sums + (r * width), ref w.Maxima[at], ref w.Weights[at]);
            if (s.IsCaptured(first + at))
            {
                AttentionProbabilities.Keep<V>(s, head, first + at, tile, keys, scores, shrink);
            }
        }

        if (few)
        {
            MatrixRows.Run<V>(
                w.Scores, AttentionScratch.ScoreStride, rows, tile.Values, tile.ValueStride, tile.ValuePanelStride, keys, sums, width, width, add: true);
            return;
        }

        bool packs = !w.Routines.Exist(TileFormat.RowsOfA);
        if (packs)
        {
            Panels.Pack(w.Scores, AttentionScratch.ScoreStride, rows, keys, w.PackedScores, Panels.Rows);
        }

        for (int column = 0; column < width; column += Panels.Columns)
        {
            float* values = tile.Values + (column / Panels.Columns * tile.ValuePanelStride);
            var product = new FloatTile
            {
                A = packs ? w.PackedScores : w.Scores,
                Format = packs ? TileFormat.Floats : TileFormat.RowsOfA,
                B = values,
                StrideOfB = tile.ValueStride * sizeof(float),
                Steps = keys,
                C = sums + column,
                StrideOfC = width * sizeof(float),
                Adds = 1,
                Rows = Panels.Rows,
                Columns = Panels.Columns,
            };
            product.AskFor(default);
            MatrixTile.Run<V>(w.Routines, product);
        }
    }

    private static void Finish<V>(in AttentionSequence s, int head, int f, float* sums, float maximum, float weight)
        where V : unmanaged, ILanes<V>
    {
        // A row that sees no key has no weight; its result is zero.
        float reciprocal = weight == 0 ? 0 : 1 / weight;
        Pointwise.Apply<V, AttentionRow.Scaled>(sums, s.Result(head, f), s.HeadSize, new(reciprocal));
        if (s.Statistics != null)
        {
            float* statistics = s.RowStatistics(head, f);
            statistics[0] = maximum;
            statistics[1] = reciprocal;
        }

        if (s.IsCaptured(f))
        {
            AttentionProbabilities.Finish<V>(s, head, f, reciprocal);
        }
    }
}
