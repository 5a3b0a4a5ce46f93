namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>Softmax attention of packed sequences, tile by tile; no score matrix is ever held.</summary>
    /// <param name="queries">[tokens, heads · headSize].</param>
    /// <param name="segments">The sequences; their query rows must not overlap.</param>
    /// <param name="settings">Heads, scale and mask.</param>
    /// <returns>[tokens, heads · headSize], rented; rows in no segment are undefined.</returns>
    public Tensor Attention(Tensor queries, ReadOnlySpan<AttentionSegment> segments, AttentionSettings settings)
    {
        var result = Rent(queries.Rows, queries.RowLength);
        int d = settings.HeadSize;
        foreach (var segment in segments)
        {
            var p = new float[segment.KeyCount];
            segment.Capture?.Received?.AsSpan<float>().Clear();
            for (int h = 0; h < settings.Heads; h++)
            {
                int kv = h / (settings.Heads / settings.KeyValueHeads);
                for (int i = 0; i < segment.QueryCount; i++)
                {
                    int last = settings.Causal ? segment.KeyCount - segment.QueryCount + i : segment.KeyCount - 1;
                    int first = settings.Window > 0 ? Math.Max(0, last - settings.Window + 1) : 0;
                    var q = queries.Row<float>(segment.QueryStart + i).Slice(h * d, d);
                    float max = float.NegativeInfinity;
                    for (int j = first; j <= last; j++)
                    {
                        p[j] = (System.Numerics.Tensors.TensorPrimitives.Dot<float>(q, Key(segment.Keys, segment.KeyStart + j, kv, d)) * settings.Scale)
                            + (segment.KeyBias is null ? 0 : segment.KeyBias.AsSpan<float>()[j]);
                        max = Math.Max(max, p[j]);
                    }

                    float sum = 0;
                    for (int j = first; j <= last; j++)
                    {
                        p[j] = MathF.Exp(p[j] - max);
                        sum += p[j];
                    }

                    var y = result.Row<float>(segment.QueryStart + i).Slice(h * d, d);
                    y.Clear();
                    for (int j = first; j <= last; j++)
                    {
                        p[j] /= sum;
                        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<float>(Key(segment.Values, segment.KeyStart + j, kv, d), p[j], y, y);
                    }

                    Write(segment, h, i, first, last, p);
                }
            }
        }

        return result;
    }

    private static void Write(AttentionSegment segment, int head, int query, int first, int last, float[] p)
    {
        if (segment.Capture is not { } capture)
        {
            return;
        }

        int keys = segment.KeyCount;
        for (int r = 0; r < capture.Rows.Count && capture.Probabilities is { } probabilities; r++)
        {
            if (capture.Rows[r] == query)
            {
                var row = probabilities.AsSpan<float>().Slice(((head * capture.Rows.Count) + r) * keys, keys);
                row.Clear();
                p.AsSpan(first, last - first + 1).CopyTo(row[first..]);
            }
        }

        if (capture.Received is { } received)
        {
            var row = received.Row<float>(head);
            for (int j = first; j <= last; j++)
            {
                row[j] += p[j] / segment.QueryCount;
            }
        }
    }

    private static Span<float> Key(Tensor keys, int row, int head, int d) => keys.Shape.Rank == 3
        ? keys.Row<float>(head).Slice(row * d, d)
        : keys.Row<float>(row).Slice(head * d, d);
}
