using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>The input tensors of a reduction case as the signals that methods ask for.</summary>
internal sealed class ReductionInputs(GoldenCase golden, Compute? compute)
{
    /// <summary>The number of candidates.</summary>
    public int Candidates
    {
        get
        {
            if (golden.Options.TryGetProperty("count", out var count))
            {
                return count.GetInt32();
            }

            if (golden.Options.TryGetProperty("grid", out var grid))
            {
                return grid[0].GetInt32() * grid[1].GetInt32();
            }

            return golden.HasInput("visual_positions") ? golden.Input("visual_positions").Rows
                : golden.HasInput("features") ? golden.Input("features").Rows
                : golden.HasInput("cls_attention") ? golden.Input("cls_attention").Shape[1] - 1
                : golden.HasInput("attention") ? golden.Input("attention").Shape[-1]
                : throw new GoldenMismatchException("the case does not say how many tokens there are");
        }
    }

    /// <summary>The column of each candidate in attention rows.</summary>
    public int[] Columns => golden.HasInput("visual_positions")
        ? Array.ConvertAll(golden.Input("visual_positions").AsSpan<long>().ToArray(), position => (int)position)
        : [];

    /// <summary>The value of a signal.</summary>
    public Tensor Value(Signal signal) => signal switch
    {
        Signal.FeaturesSignal => golden.Input("features"),
        Signal.EncoderAttentionSignal when golden.HasInput("cls_attention") => WithoutFirstColumn(golden.Input("cls_attention")),
        Signal.EncoderAttentionSignal => Received(golden.Input("attention")),
        Signal.AttentionRowsSignal when golden.HasInput("attention_row") => AsRows(golden.Input("attention_row")),
        Signal.AttentionRowsSignal => RowOfLastQuery(golden.Input("queries"), golden.Input("keys")),
        _ => throw new GoldenMismatchException($"the case has no input for {signal}"),
    };

    private static Tensor WithoutFirstColumn(Tensor rows)
    {
        var rest = Tensor.Allocate(rows.Rows, rows.RowLength - 1);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.Row<float>(row)[1..].CopyTo(rest.Row<float>(row));
        }

        return rest;
    }

    private static Tensor Received(Tensor attention)
    {
        int n = attention.Shape[2];
        var received = Tensor.Allocate(attention.Rows, n);
        for (int head = 0; head < attention.Rows; head++)
        {
            for (int column = 0; column < n; column++)
            {
                double sum = 0;
                for (int row = 0; row < attention.Shape[1]; row++)
                {
                    sum += attention.Row<float>(head)[(row * n) + column];
                }

                received.Row<float>(head)[column] = (float)(sum / attention.Shape[1]);
            }
        }

        return received;
    }

    private static Tensor AsRows(Tensor row) => row.Reshape(row.Rows, 1, row.RowLength);

    /// <summary>Queries [heads, 1, d] and keys [kv heads, n, d], both after rotary embedding.</summary>
    private Tensor RowOfLastQuery(Tensor queries, Tensor keys)
    {
        int heads = queries.Rows, d = queries.Shape[2];
        var capture = new AttentionCapture { Rows = [0], Probabilities = Tensor.Allocate(heads, 1, keys.Shape[1]) };
        var engine = compute ?? throw new InvalidOperationException("A case that computes needs somewhere to compute.");
        engine.Attention(
            queries.Reshape(1, heads * d),
            [new AttentionSegment(0, 1, keys, keys, 0, keys.Shape[1], null, capture)],
            new AttentionSettings(heads, keys.Rows, d, 1 / MathF.Sqrt(d), Causal: true));
        return capture.Probabilities;
    }
}
