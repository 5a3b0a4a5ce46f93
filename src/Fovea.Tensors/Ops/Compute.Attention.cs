using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    /// <summary>Softmax attention of packed sequences, tile by tile; no score matrix is ever held.</summary>
    /// <param name="queries">[tokens, heads · headSize].</param>
    /// <param name="segments">The sequences; their query rows must not overlap.</param>
    /// <param name="settings">Heads, scale and mask.</param>
    /// <returns>[tokens, heads · headSize], rented; rows in no segment are undefined, rows that see no key are zero.</returns>
    /// <exception cref="ArgumentException">Shapes, ranges or settings that do not fit together, or a type other than f32, but for keys and values by head.</exception>
    /// <remarks>
    /// A row's value depends on its query and the keys that it sees alone, to the bit: not on the other queries, the other segments or the number of
    /// threads. Captured rows are kept as the pass makes them; those with a mask of their own are computed apart.
    /// </remarks>
    public Tensor Attention(Tensor queries, ReadOnlySpan<AttentionSegment> segments, AttentionSettings settings)
    {
        AttentionCheck.Settings(queries, settings);
        foreach (ref readonly var segment in segments)
        {
            AttentionCheck.Segment(queries, segment, settings);
        }

        var result = Rent(queries.Rows, queries.RowLength);
        var mark = Arena.Top;
        var sequences = (AttentionSequence*)RentBytes((long)segments.Length * sizeof(AttentionSequence));
        int tiles = 1;
        for (int i = 0; i < segments.Length; i++)
        {
            sequences[i] = Describe(queries, result, segments[i], settings);
            tiles = Math.Max(tiles, AttentionWork.Tiles(sequences[i]));
        }

        AttendAll(sequences, segments.Length, settings, tiles);
        Capture(sequences, segments, settings);
        Arena.Release(mark);
        return result;
    }

    private AttentionSequence Describe(Tensor queries, Tensor result, in AttentionSegment segment, in AttentionSettings settings)
    {
        int d = settings.HeadSize;
        var kept = segment.Capture is { } capture && !HasOwnMask(capture, settings) ? capture : null;
        bool byHead = segment.Keys.Shape.Rank == 3;
        int bytes = segment.Keys.ElementType.Bytes();
        long stride = (byHead ? segment.Keys.Shape[2] : segment.Keys.RowLength) * (long)bytes;
        long start = segment.KeyStart * stride, row = (long)segment.QueryStart * queries.RowLength;
        return new AttentionSequence
        {
            Queries = queries.Floats + row,
            Output = result.Floats + row,
            Stride = queries.RowLength,
            Keys = segment.Keys.Pointer + start,
            Values = segment.Values.Pointer + start,
            KeyType = segment.Keys.ElementType,
            KeyStride = stride,
            KeyHeadStride = byHead ? segment.Keys.Shape[1] * stride : (long)d * bytes,
            Bias = segment.KeyBias is { } bias ? bias.Floats : null,
            Statistics = segment.Capture?.Received is null ? null : (float*)RentBytes(2L * sizeof(float) * settings.Heads * segment.QueryCount),
            Captured = kept?.Probabilities is null ? null : Places(kept.Rows, segment.QueryCount),
            Probabilities = kept?.Probabilities is { } probabilities ? probabilities.Floats : null,
            CapturedCount = kept?.Rows.Count ?? 0,
            QueryCount = segment.QueryCount,
            KeyCount = segment.KeyCount,
            Group = settings.Heads / settings.KeyValueHeads,
            HeadSize = d,
            Scale = settings.Scale,
            Causal = settings.Causal,
            Window = settings.Window,
        };
    }

    private static bool HasOwnMask(AttentionCapture capture, in AttentionSettings settings) => (capture.Causal ?? settings.Causal) != settings.Causal;

    /// <summary>For each query its place among the captured ones, −1 for none.</summary>
    private int* Places(IReadOnlyList<int> rows, int queries)
    {
        int* places = (int*)RentBytes((long)queries * sizeof(int));
        new Span<int>(places, queries).Fill(-1);
        for (int r = 0; r < rows.Count; r++)
        {
            places[rows[r]] = r;
        }

        return places;
    }

    private void AttendAll(AttentionSequence* sequences, int count, in AttentionSettings settings, int tiles)
    {
        int blocks = 0;
        long scores = 0;
        for (int i = 0; i < count; i++)
        {
            blocks = checked(blocks + (settings.KeyValueHeads * AttentionWork.Blocks(sequences[i])));
            scores += (long)sequences[i].Rows * settings.KeyValueHeads * sequences[i].KeyCount;
        }

        long length = AttentionScratch.Length(settings.HeadSize, tiles);
        var work = new AttentionWork
        {
            Kernels = Kernels,
            Sequences = sequences,
            KeyValueHeads = settings.KeyValueHeads,
            Scratch = (float*)RentBytes(length * sizeof(float) * Workers.Degree),
            ScratchLength = length,
        };
        Workers.Run(blocks, Grain(scores * settings.HeadSize, blocks), ref work);
    }

    private void Capture(AttentionSequence* sequences, ReadOnlySpan<AttentionSegment> segments, in AttentionSettings settings)
    {
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i].Capture is not { } capture)
            {
                continue;
            }

            var sequence = sequences[i];
            if (capture.Received is { } received)
            {
                Capture(sequence, settings, null, 0, received, KeyTiles.Count(sequence.KeyCount));
            }

            if (capture.Probabilities is { } probabilities && HasOwnMask(capture, settings))
            {
                sequence.Causal = capture.Causal ?? sequence.Causal;
                int* rows = (int*)RentBytes((long)capture.Rows.Count * sizeof(int));
                for (int r = 0; r < capture.Rows.Count; r++)
                {
                    rows[r] = capture.Rows[r];
                }

                Capture(sequence, settings, rows, capture.Rows.Count, probabilities, 1);
            }
        }
    }

    private void Capture(in AttentionSequence sequence, in AttentionSettings settings, int* rows, int count, Tensor destination, int parts)
    {
        long length = AttentionScratch.Length(settings.HeadSize, 1);
        var work = new CaptureWork
        {
            Kernels = Kernels,
            Sequence = sequence,
            Rows = rows,
            RowCount = count,
            Destination = destination.Floats,
            Parts = parts,
            Scratch = (float*)RentBytes(length * sizeof(float) * Workers.Degree),
            ScratchLength = length,
        };
        long scores = (long)(rows == null ? sequence.QueryCount : count) * settings.Heads * sequence.KeyCount;
        Workers.Run(settings.KeyValueHeads * parts, Grain(scores * settings.HeadSize, settings.KeyValueHeads * parts), ref work);
    }

    private static int Grain(long multiplications, int items) =>
        (int)Math.Clamp(MultiplicationsPerThread * items / Math.Max(1, multiplications), 1, int.MaxValue);

    private byte* RentBytes(long bytes) => Rent(checked((int)((bytes + sizeof(float) - 1) / sizeof(float)))).Pointer;
}
