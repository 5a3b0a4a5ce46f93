using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>Attention of one segment by the definition, in double.</summary>
internal sealed class SlowAttention
{
    public SlowAttention(Tensor queries, AttentionSegment segment, AttentionSettings settings)
    {
        int d = settings.HeadSize, keys = segment.KeyCount;
        Probabilities = new double[settings.Heads, segment.QueryCount, keys];
        Output = new double[segment.QueryCount * settings.Heads * d];
        for (int h = 0; h < settings.Heads; h++)
        {
            int kv = h / (settings.Heads / settings.KeyValueHeads);
            for (int i = 0; i < segment.QueryCount; i++)
            {
                var q = queries.Row<float>(segment.QueryStart + i).Slice(h * d, d);
                Weigh(h, i, kv, q, segment, settings);
                for (int j = 0; j < keys; j++)
                {
                    var v = Row(segment.Values, segment.KeyStart + j, kv, d);
                    for (int c = 0; c < d; c++)
                    {
                        Output[(((i * settings.Heads) + h) * d) + c] += Probabilities[h, i, j] * v[c];
                    }
                }
            }
        }
    }

    public double[,,] Probabilities { get; }

    public double[] Output { get; }

    private static Span<float> Row(Tensor keys, int row, int head, int d) => keys.Shape.Rank == 3
        ? keys.Row<float>(head).Slice(row * d, d)
        : keys.Row<float>(row).Slice(head * d, d);

    private void Weigh(int h, int i, int kv, Span<float> q, AttentionSegment segment, AttentionSettings settings)
    {
        int last = settings.Causal ? segment.KeyCount - segment.QueryCount + i : segment.KeyCount - 1;
        int first = settings.Window > 0 ? Math.Max(0, last - settings.Window + 1) : 0;
        var scores = new double[segment.KeyCount];
        double max = double.NegativeInfinity, sum = 0;
        for (int j = first; j <= last; j++)
        {
            var k = Row(segment.Keys, segment.KeyStart + j, kv, settings.HeadSize);
            double dot = 0;
            for (int c = 0; c < q.Length; c++)
            {
                dot += (double)q[c] * k[c];
            }

            scores[j] = (dot * settings.Scale) + (segment.KeyBias is null ? 0 : segment.KeyBias.AsSpan<float>()[j]);
            max = Math.Max(max, scores[j]);
        }

        for (int j = first; j <= last; j++)
        {
            sum += Math.Exp(scores[j] - max);
        }

        for (int j = first; j <= last; j++)
        {
            Probabilities[h, i, j] = Math.Exp(scores[j] - max) / sum;
        }
    }
}
