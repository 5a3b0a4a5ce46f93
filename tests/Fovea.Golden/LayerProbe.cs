using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Queries, keys and attention of one decoder layer, computed again from the recorded states that enter it.</summary>
internal sealed class LayerProbe(LanguageModel model, Compute compute, int layer, Tensor hidden, TokenPosition[] positions)
{
    private int HeadSize => model.Config.HeadDim;

    /// <summary>Queries of some tokens: [heads, tokens, head size].</summary>
    public float[] Queries(int[] tokens, bool rotary) => WithRotated(rotary, (queries, _) => ByHead(queries, tokens));

    /// <summary>Keys of some tokens: [heads, tokens, head size].</summary>
    public float[] Keys(int[] tokens, bool rotary) => WithRotated(rotary, (_, keys) => ByHead(keys, tokens));

    /// <summary>Attention of the last token over all tokens: [heads, tokens], owned by the caller.</summary>
    public Tensor LastRow()
    {
        var row = Tensor.Allocate(model.Config.NumAttentionHeads, 1, hidden.Rows);
        WithRotated(true, (queries, keys) =>
        {
            int last = queries.Rows - 1;
            compute.Attention(
                queries,
                [new AttentionSegment(0, queries.Rows, keys, keys, 0, keys.Rows, null, new AttentionCapture { Rows = [last], Probabilities = row })],
                new AttentionSettings(
                    model.Config.NumAttentionHeads, model.Config.NumKeyValueHeads, HeadSize, 1 / MathF.Sqrt(HeadSize), Causal: true, model.Config.Windows[layer]));
            return row;
        });
        return row;
    }

    private TResult WithRotated<TResult>(bool rotary, Func<Tensor, Tensor, TResult> read)
    {
        var mark = compute.Arena.Top;
        var queries = model.Layers[layer].ProjectQueries(compute, hidden);
        var keys = model.Layers[layer].ProjectKeys(compute, hidden);
        if (rotary)
        {
            var cos = compute.Rent(hidden.Rows, model.Rotary.Half);
            var sin = compute.Rent(hidden.Rows, model.Rotary.Half);
            model.Rotary.Fill(positions, cos, sin, 0);
            compute.Rotate(queries, cos, sin);
            compute.Rotate(keys, cos, sin);
        }

        var result = read(queries, keys);
        compute.Arena.Release(mark);
        return result;
    }

    private float[] ByHead(Tensor rows, int[] tokens)
    {
        var values = new List<float>();
        for (int head = 0; head < rows.RowLength / HeadSize; head++)
        {
            foreach (int token in tokens)
            {
                values.AddRange(rows.Row<float>(token).Slice(head * HeadSize, HeadSize));
            }
        }

        return [.. values];
    }
}
