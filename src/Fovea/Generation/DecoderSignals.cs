using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>What reduction methods look at inside the decoder: captured on the way through the layers, or made where a stage stands.</summary>
internal sealed class DecoderSignals(LanguageModel model, Compute compute)
{
    /// <summary>The rows of a sequence that are visual tokens: [visual tokens, hidden size], rented.</summary>
    public Tensor VisualStates(Tensor hidden, int start, TokenRun run)
    {
        var visual = run.VisualRows();
        var rows = compute.Rent(visual.Length, hidden.RowLength);
        compute.Gather(hidden.Slice(start, run.Count), visual, rows);
        return rows;
    }

    /// <summary>Signals of the whole sequence where a stage stands before <paramref name="layer"/>.</summary>
    /// <param name="signal">What is wanted.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="states">The sequence's rows there.</param>
    /// <param name="run">What the rows are.</param>
    /// <param name="reduction">Who wants it.</param>
    /// <param name="other">Another signal of the same decision, made if it is not there yet.</param>
    public CapturedSignal? Make(Signal signal, int layer, Tensor states, TokenRun run, ReductionRun reduction, Func<Signal, CapturedSignal?> other)
    {
        var values = signal switch
        {
            Signal.SequenceStatesSignal => states,
            Signal.MeanQuerySignal => model.Layers[layer].ProjectMeanQuery(compute, states.Slice(0, PrefixLength(run, reduction.Geometry))),
            Signal.LayerProjectionSignal { Rotary: true } projection => Rotated(other(projection with { Rotary = false })?.Values, run),
            Signal.LayerProjectionSignal { Keys: true } => model.Layers[layer].ProjectKeys(compute, states),
            Signal.LayerProjectionSignal => model.Layers[layer].ProjectQueries(compute, states),
            _ => null,
        };
        return values is null ? null : new CapturedSignal(values, Columns(run, run.Count, reduction.Geometry.Count));
    }

    /// <summary>Rows up to the last visual token that may be reduced; special tokens behind it do not count.</summary>
    private static int PrefixLength(TokenRun run, Geometry geometry)
    {
        int last = run.Count - 1;
        while (last >= 0 && (run.Visual[last] < 0 || geometry[run.Visual[last]].Kind != VisualTokenKind.Patch))
        {
            last--;
        }

        return last + 1;
    }

    private Tensor? Rotated(Tensor? rows, TokenRun run)
    {
        if (rows is null)
        {
            return null;
        }

        var rotated = compute.Rent(rows.Rows, rows.RowLength);
        rows.AsSpan<float>().CopyTo(rotated.AsSpan<float>());
        var cos = compute.Rent(run.Count, model.Rotary.Half);
        var sin = compute.Rent(run.Count, model.Rotary.Half);
        model.Rotary.Fill(run.Positions, cos, sin, 0);
        compute.Rotate(rotated, cos, sin);
        return rotated;
    }

    /// <summary>Keeps what stages to come want of the input of this layer.</summary>
    public void KeepLayerInputs(int layer, Tensor hidden, IReadOnlyList<PassItem> items)
    {
        int start = 0;
        for (int i = 0; i < items.Count; i++)
        {
            var (_, run, reduction, _) = items[i];
            if (reduction is not null && reduction.WantsLayerInput(layer))
            {
                var mark = compute.Arena.Top;
                var rows = VisualStates(hidden, start, run);
                var kept = Tensor.Allocate(rows.Rows, rows.RowLength);
                rows.AsSpan<float>().CopyTo(kept.AsSpan<float>());
                compute.Arena.Release(mark);
                var columns = new int[reduction.Geometry.Count];
                Array.Fill(columns, -1);
                int next = 0;
                foreach (int row in run.VisualRows())
                {
                    columns[run.Visual[row]] = next++;
                }

                reduction.Keep(Signal.LayerInput(layer), kept, columns);
            }

            start += run.Count;
        }
    }

    /// <summary>The attention rows that stages to come want of this layer, to be filled on the way; none if none are wanted.</summary>
    public AttentionCapture? Capture(int layer, int cached, TokenRun run, ReductionRun reduction)
    {
        var rows = reduction.WantedRows(layer).SelectMany(signal => RowsOf(signal.Queries, run)).Distinct().Order().ToArray();
        return rows.Length == 0 ? null : new AttentionCapture
        {
            Rows = rows,
            Probabilities = Tensor.Allocate(model.Config.NumAttentionHeads, rows.Length, cached + run.Count),
        };
    }

    /// <summary>Hands captured rows to the requests that wanted them.</summary>
    public void KeepCaptures(int layer, IReadOnlyList<PassItem> items, ReadOnlySpan<SequenceSlice> slices)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (slices[i].Capture is not { Probabilities: { } captured } capture || items[i].Reduction is not { } reduction)
            {
                continue;
            }

            int keys = captured.Shape[2];
            int[] columns = Columns(items[i].Run, keys, reduction.Geometry.Count);
            foreach (var signal in reduction.WantedRows(layer))
            {
                var rows = RowsOf(signal.Queries, items[i].Run);
                var value = Tensor.Allocate(captured.Rows, rows.Length, keys);
                for (int head = 0; head < captured.Rows; head++)
                {
                    for (int row = 0; row < rows.Length; row++)
                    {
                        int from = capture.Rows.Index().First(entry => entry.Item == rows[row]).Index;
                        captured.Row<float>(head).Slice(from * keys, keys).CopyTo(value.Row<float>(head).Slice(row * keys, keys));
                    }
                }

                reduction.Keep(signal, value, columns);
            }

            captured.Dispose();
        }
    }

    /// <summary>Where each unreduced visual token stands among the keys; −1 for those that are gone.</summary>
    private static int[] Columns(TokenRun run, int keys, int visualTokens)
    {
        var columns = new int[visualTokens];
        Array.Fill(columns, -1);
        for (int row = 0; row < run.Count; row++)
        {
            if (run.Visual[row] >= 0)
            {
                columns[run.Visual[row]] = keys - run.Count + row;
            }
        }

        return columns;
    }

    private static int[] RowsOf(Queries queries, TokenRun run)
    {
        int first = run.Visual.LastIndexOfAnyExceptInRange(int.MinValue, -1) + 1;
        return queries == Queries.LastToken || first >= run.Count ? [run.Count - 1] : [.. Enumerable.Range(first, run.Count - first)];
    }
}
