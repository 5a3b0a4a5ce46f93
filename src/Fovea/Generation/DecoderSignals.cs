using Fovea.Models;
using Fovea.Nn;
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

    /// <summary>Signals that exist only where a stage stands before <paramref name="layer"/>.</summary>
    /// <param name="signal">What is wanted.</param>
    /// <param name="layer">The layer; the number of layers where none follows.</param>
    /// <param name="states">The sequence's rows there.</param>
    /// <param name="run">What the rows are.</param>
    /// <param name="geometry">The unreduced visual tokens.</param>
    /// <param name="cache">What the sequence holds.</param>
    /// <param name="other">Another signal of the same decision, made if it is not there yet.</param>
    public CapturedSignal? Make(Signal signal, int layer, Tensor states, TokenRun run, Geometry geometry, KvCache cache, Func<Signal, CapturedSignal?> other)
    {
        bool follows = layer < model.Layers.Count;
        var values = signal switch
        {
            Signal.SequenceStatesSignal => states,
            Signal.RotaryTableSignal => RotaryTable(run),
            Signal.MeanQuerySignal when follows => model.Layers[layer].ProjectMeanQuery(compute, states.Slice(0, PrefixLength(run, geometry))),
            Signal.LayerProjectionSignal { Rotary: true } projection when follows => Rotated(other(projection with { Rotary = false })?.Values, run),
            Signal.LayerProjectionSignal { Keys: true } when follows => model.Layers[layer].ProjectKeys(compute, states),
            Signal.LayerProjectionSignal when follows => model.Layers[layer].ProjectQueries(compute, states),
            Signal.EntryRowsSignal entry when follows => EntryRows(entry, layer, states, run, cache[layer]),
            _ => null,
        };
        return values is null ? null : new CapturedSignal(values, Columns(run, signal is Signal.EntryRowsSignal ? values.Shape[2] : run.Count));
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
        return Rotate(rotated, run.Positions);
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
                var rows = run.VisualRows();
                reduction.Keep(Signal.LayerInput(layer), Copy(hidden, start, rows), [.. Enumerable.Range(0, rows.Length)]);
            }

            if (reduction is not null && layer == 0 && reduction.WantsInstruction)
            {
                int behind = run.BehindVisual;
                reduction.Keep(Signal.InstructionEmbeddings, Copy(hidden, start, [.. Enumerable.Range(behind, run.Count - behind)]), []);
            }

            start += run.Count;
        }
    }

    /// <summary>The attention rows that stages to come want of this layer, to be filled on the way; none if none are wanted.</summary>
    public AttentionCapture? Capture(int layer, int cached, TokenRun run, ReductionRun reduction)
    {
        var wanted = reduction.WantedRows(layer);
        var rows = new SortedSet<int>();
        foreach (var signal in wanted)
        {
            try
            {
                rows.UnionWith(RowsOf(signal.Queries, run));
            }
            catch (ArgumentException missing)
            {
                reduction.Fail(signal, missing);
                return null;
            }
        }

        return rows.Count == 0 ? null : new AttentionCapture
        {
            Rows = [.. rows],
            Probabilities = Tensor.Allocate(model.Config.NumAttentionHeads, rows.Count, cached + run.Count),
            Causal = wanted.All(signal => signal.Causal),
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

                reduction.Keep(signal, value, Columns(items[i].Run, keys));
            }

            captured.Dispose();
        }
    }

    /// <summary>The entries of a layer's cache are those of earlier prompts; the new ones are appended for as long as it takes to look at them.</summary>
    private Tensor EntryRows(Signal.EntryRowsSignal entry, int layer, Tensor states, TokenRun run, KvCacheLayer cache)
    {
        int[] rows = RowsOf(entry.Queries, run);
        int held = cache.Length;
        var asked = compute.Rent(rows.Length, states.RowLength);
        compute.Gather(states, rows, asked);
        var queries = Rotate(model.Layers[layer].ProjectQueries(compute, asked), run.Positions, rows);
        var keys = Rotate(model.Layers[layer].ProjectKeys(compute, states), run.Positions);
        cache.Append(keys, keys, 0, run.Count, run.Sizes.Span);
        var probabilities = compute.Rent(model.Config.NumAttentionHeads, rows.Length, cache.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            Row(queries, i, cache, held + rows[i] + 1, probabilities);
        }

        cache.Truncate(held);
        return probabilities;
    }

    /// <summary>One query over the keys in front of it, itself included.</summary>
    private void Row(Tensor queries, int row, KvCacheLayer cache, int visible, Tensor probabilities)
    {
        var mark = compute.Arena.Top;
        int heads = model.Config.NumAttentionHeads, size = model.Config.HeadDim;
        var one = compute.Rent(heads, 1, visible);
        compute.Attention(
            queries,
            [new AttentionSegment(row, 1, cache.Keys, cache.Values, 0, visible, cache.Bias, new AttentionCapture { Rows = [0], Probabilities = one })],
            new AttentionSettings(heads, model.Config.NumKeyValueHeads, size, 1 / MathF.Sqrt(size), Causal: true));
        for (int head = 0; head < heads; head++)
        {
            var to = probabilities.Row<float>(head).Slice(row * probabilities.Shape[2], probabilities.Shape[2]);
            to.Clear();
            one.Row<float>(head).CopyTo(to);
        }

        compute.Arena.Release(mark);
    }

    private Tensor RotaryTable(TokenRun run)
    {
        int half = model.Rotary.Half;
        var table = compute.Rent(run.Count, 2 * half);
        var cos = compute.Rent(run.Count, half);
        var sin = compute.Rent(run.Count, half);
        model.Rotary.Fill(run.Positions, cos, sin, 0);
        for (int row = 0; row < run.Count; row++)
        {
            cos.Row<float>(row).CopyTo(table.Row<float>(row));
            sin.Row<float>(row).CopyTo(table.Row<float>(row)[half..]);
        }

        return table;
    }

    private Tensor Rotate(Tensor rows, ReadOnlySpan<TokenPosition> positions, int[]? which = null)
    {
        var chosen = new TokenPosition[rows.Rows];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = positions[which?[i] ?? i];
        }

        var cos = compute.Rent(rows.Rows, model.Rotary.Half);
        var sin = compute.Rent(rows.Rows, model.Rotary.Half);
        model.Rotary.Fill(chosen, cos, sin, 0);
        compute.Rotate(rows, cos, sin);
        return rows;
    }

    private static Tensor Copy(Tensor hidden, int start, ReadOnlySpan<int> rows)
    {
        var kept = Tensor.Allocate(rows.Length, hidden.RowLength);
        for (int i = 0; i < rows.Length; i++)
        {
            hidden.Row<float>(start + rows[i]).CopyTo(kept.Row<float>(i));
        }

        return kept;
    }

    /// <summary>Where each visual token stands among the keys, of which the rows of the run are the last.</summary>
    private static int[] Columns(TokenRun run, int keys) => Array.ConvertAll(run.VisualRows(), row => keys - run.Count + row);

    private static int[] RowsOf(Queries queries, TokenRun run) => queries.Rows(run.BehindVisual, run.Count);
}
