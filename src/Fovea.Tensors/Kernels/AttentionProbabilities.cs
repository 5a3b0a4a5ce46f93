using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// The attention probabilities that somebody wants to see: rows are kept as the pass makes them, unless they have another mask; means over all queries are
/// computed after it.
/// </summary>
internal static unsafe class AttentionProbabilities
{
    /// <summary>Keeps the weights of a captured row with a tile of keys; earlier ones are brought to the new maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Keep<V>(in AttentionSequence s, int head, int f, in KeyTile tile, int keys, float* weights, float shrink)
        where V : unmanaged, ILanes<V>
    {
        float* row = s.Kept(head, f);
        int first = s.FirstKey(f);
        if (shrink != 1 && first < tile.Start)
        {
            Pointwise.Apply<V, AttentionRow.Scaled>(row + first, row + first, tile.Start - first, new(shrink));
        }

        new ReadOnlySpan<float>(weights, keys).CopyTo(new Span<float>(row + tile.Start, keys));
    }

    /// <summary>Turns the kept weights of a row into probabilities, zero where it does not see a key.</summary>
    public static void Finish<V>(in AttentionSequence s, int head, int f, float reciprocal)
        where V : unmanaged, ILanes<V>
    {
        float* row = s.Kept(head, f);
        var (start, end) = Seen(s, f);
        new Span<float>(row, start).Clear();
        Pointwise.Apply<V, AttentionRow.Scaled>(row + start, row + start, end - start, new(reciprocal));
        new Span<float>(row + end, s.KeyCount - end).Clear();
    }

    /// <summary>Probabilities of chosen queries for the heads of one key/value head, computed apart.</summary>
    /// <param name="s">The sequence.</param>
    /// <param name="head">The key/value head.</param>
    /// <param name="queries">The chosen queries.</param>
    /// <param name="count">How many.</param>
    /// <param name="destination">[heads][count][keys].</param>
    /// <param name="w">Scratch memory.</param>
    public static void Rows<V>(in AttentionSequence s, int head, int* queries, int count, float* destination, ref AttentionScratch w)
        where V : unmanaged, ILanes<V>
    {
        int d = s.HeadSize, total = count * s.Group;
        for (int first = 0; first < total; first += AttentionScratch.BlockRows)
        {
            int rows = Math.Min(AttentionScratch.BlockRows, total - first);
            for (int row = 0; row < rows; row++)
            {
                new ReadOnlySpan<float>(s.Query(head, Row(s, queries, first + row)), d).CopyTo(new Span<float>(w.Rows + (row * d), d));
            }

            Attention.PackRows(s, rows, w);
            for (int tile = 0; tile < KeyTiles.Count(s.KeyCount); tile++)
            {
                var keys = w.Tiles.Load(s, head, tile);
                for (int row = 0; row < rows; row += Panels.Rows)
                {
                    int present = Math.Min(Panels.Rows, rows - row);
                    Attention.Scores<V>(s, keys, row, present, few: rows <= MatrixRows.MaxRows, keys.Count, w);
                    for (int r = 0; r < present; r++)
                    {
                        float* scores = w.Scores + (r * AttentionScratch.ScoreStride);
                        float* result = Result(s, head, first + row + r, count, destination) + keys.Start;
                        float scale = AttentionRow.AddBias<V>(s, keys, 0, keys.Count, scores);
                        Pointwise.Apply<V, AttentionRow.Scaled>(scores, result, keys.Count, new(scale));
                    }
                }
            }

            for (int row = first; row < first + rows; row++)
            {
                Normalize<V>(s, Row(s, queries, row), Result(s, head, row, count, destination));
            }
        }
    }

    /// <summary>For the heads of one key/value head and the keys of one tile the mean probability over all queries.</summary>
    /// <param name="s">The sequence, with the statistics of all rows.</param>
    /// <param name="head">The key/value head.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="destination">[heads][keys].</param>
    /// <param name="w">Scratch memory.</param>
    public static void Received<V>(in AttentionSequence s, int head, int tile, float* destination, ref AttentionScratch w)
        where V : unmanaged, ILanes<V>
    {
        var keys = w.Tiles.Load(s, head, tile);
        for (int g = 0; g < s.Group; g++)
        {
            new Span<float>(Column(s, head, g, keys, destination), keys.Count).Clear();
        }

        for (int first = 0; first < s.Rows; first += AttentionScratch.BlockRows)
        {
            int rows = Math.Min(AttentionScratch.BlockRows, s.Rows - first);
            Attention.GatherRows(s, head, first, rows, w);
            for (int row = 0; row < rows; row += Panels.Rows)
            {
                int present = Math.Min(Panels.Rows, rows - row);
                Attention.Scores<V>(s, keys, row, present, few: rows <= MatrixRows.MaxRows, keys.Count, w);
                for (int f = first + row; f < first + row + present; f++)
                {
                    float* scores = w.Scores + ((f - first - row) * AttentionScratch.ScoreStride);
                    Collect<V>(s, head, f, keys, scores, Column(s, head, f, keys, destination));
                }
            }
        }

        for (int g = 0; g < s.Group; g++)
        {
            float* column = Column(s, head, g, keys, destination);
            Pointwise.Apply<V, AttentionRow.Scaled>(column, column, keys.Count, new(1f / s.QueryCount));
        }
    }

    private static void Collect<V>(in AttentionSequence s, int head, int f, in KeyTile tile, float* scores, float* column)
        where V : unmanaged, ILanes<V>
    {
        int start = Math.Clamp(s.FirstKey(f) - tile.Start, 0, tile.Count);
        int end = Math.Clamp(s.LastKey(f) + 1 - tile.Start, start, tile.Count);
        float* statistics = s.RowStatistics(head, f);
        float scale = AttentionRow.AddBias<V>(s, tile, start, end, scores);
        Pointwise.Apply<V, AttentionRow.Exponent>(scores + start, scores + start, end - start, new(scale, statistics[0]));
        Pointwise.Apply<V, AttentionRow.ScaledWithBias>(scores + start, column + start, column + start, end - start, new(statistics[1]));
    }

    private static void Normalize<V>(in AttentionSequence s, int f, float* row)
        where V : unmanaged, ILanes<V>
    {
        var (start, end) = Seen(s, f);
        new Span<float>(row, start).Clear();
        new Span<float>(row + end, s.KeyCount - end).Clear();
        if (end > start)
        {
            Softmax.Row<V>(row + start, end - start);
        }
    }

    /// <summary>The keys that row f sees, from the first to behind the last.</summary>
    private static (int Start, int End) Seen(in AttentionSequence s, int f)
    {
        int start = Math.Clamp(s.FirstKey(f), 0, s.KeyCount);
        return (start, Math.Clamp(s.LastKey(f) + 1, start, s.KeyCount));
    }

    private static int Row(in AttentionSequence s, int* queries, int index) => (queries[index / s.Group] * s.Group) + (index % s.Group);

    private static float* Result(in AttentionSequence s, int head, int index, int count, float* destination) =>
        destination + ((((long)s.QueryHead(head, index) * count) + (index / s.Group)) * s.KeyCount);

    private static float* Column(in AttentionSequence s, int head, int f, in KeyTile tile, float* destination) =>
        destination + ((long)s.QueryHead(head, f) * s.KeyCount) + tile.Start;
}
