using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// Sequences end to end through the layers of the language model, whatever their lengths: prefill and decode alike. Between layers a sequence's visual
/// tokens may become fewer. Allocates nothing while every sequence has one row.
/// </summary>
internal sealed class DecoderPass(LanguageModel model, Compute compute, ForwardObserver? observer)
{
    private readonly DecoderSignals _signals = new(model, compute);
    private SequenceSlice[] _slices = [];
    private AttentionSegment[] _segments = [];
    private int[] _lastRows = [];

    /// <summary>Runs the rows of all items.</summary>
    /// <param name="hidden">[rows of all items, hidden size], rented; changed, and shorter afterwards if tokens were dropped.</param>
    /// <param name="items">The sequences, in the order of the rows.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>Logits of each item's last row: [items, vocabulary], rented.</returns>
    public Tensor Run(Tensor hidden, IReadOnlyList<PassItem> items, CancellationToken cancellation)
    {
        observer?.OnDecoder(-1, hidden);
        RunLayers(hidden, items, model.Layers.Count, observer, cancellation);
        ReduceAt(model.Layers.Count, false, hidden, items);
        var normed = Last(hidden, items);
        long operations = OperationCount.Head(model.Config);
        for (int i = 0; i < items.Count; i++)
        {
            items[i].Report.PrefillFlops += items[i].Reduction is null ? 0 : operations;
            items[i].Report.DecodeFlops += items[i].Reduction is null ? operations : 0;
        }

        var logits = model.Head(compute, normed);
        observer?.OnLogits(logits);
        return logits;
    }

    /// <summary>The language model's final state, after its last norm, at the end of a text that stands alone.</summary>
    /// <param name="ids">The text, at least one token.</param>
    /// <param name="report">Receives the operations, as prefill.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>[1, hidden size], rented.</returns>
    public Tensor TextFeature(IReadOnlyList<int> ids, RunReport report, CancellationToken cancellation)
    {
        // This cache is gone at the end, so nothing is gained by rounding its entries.
        using var sequence = new Sequence(model.NewCache(KvCacheType.F32));
        var run = new TokenRun();
        run.Set([.. Enumerable.Range(0, ids.Count).Select(TokenPosition.At)], [.. Enumerable.Repeat(-1, ids.Count)], []);
        var spent = new RunReport();
        PassItem[] items = [new PassItem(sequence, run, null, spent)];
        var feature = compute.Rent(1, model.Config.HiddenSize);
        var mark = compute.Arena.Top;
        var hidden = compute.Rent(ids.Count, model.Config.HiddenSize);
        model.Embedding.Gather(compute, [.. ids], hidden);
        RunLayers(hidden, items, model.Layers.Count, null, cancellation);
        Last(hidden, items).AsSpan<float>().CopyTo(feature.AsSpan<float>());
        compute.Arena.Release(mark);
        report.PrefillFlops += spent.DecodeFlops;
        return feature;
    }

    /// <summary>Runs the first layers only, for what is captured on the way.</summary>
    public void RunBeside(Tensor hidden, PassItem item, int layers, CancellationToken cancellation) => RunLayers(hidden, [item], layers, null, cancellation);

    private void RunLayers(Tensor hidden, IReadOnlyList<PassItem> items, int layers, ForwardObserver? watcher, CancellationToken cancellation)
    {
        Reserve(items.Count);
        var cos = compute.Rent(hidden.Rows, model.Rotary.Half);
        var sin = compute.Rent(hidden.Rows, model.Rotary.Half);
        FillRotary(items, cos, sin);
        bool changed = false;
        for (int layer = 0; layer < layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReduceAt(layer, false, hidden, items) || changed)
            {
                cos.Truncate(hidden.Rows);
                sin.Truncate(hidden.Rows);
                FillRotary(items, cos, sin);
            }

            _signals.KeepLayerInputs(layer, hidden, items);
            Slice(layer, items);
            model.Layers[layer].Attend(compute, hidden, cos, sin, _slices.AsSpan(0, items.Count), _segments);
            _signals.KeepCaptures(layer, items, _slices);
            model.Layers[layer].FeedForward(compute, hidden);
            changed = ReduceAt(layer + 1, true, hidden, items);
            AddDeepStack(layer, hidden, items);
            watcher?.OnDecoder(layer, hidden);
        }
    }

    private void Reserve(int count)
    {
        if (_slices.Length < count)
        {
            _slices = new SequenceSlice[count];
            _segments = new AttentionSegment[count];
            _lastRows = new int[count];
        }
    }

    private void FillRotary(IReadOnlyList<PassItem> items, Tensor cos, Tensor sin)
    {
        int row = 0;
        for (int i = 0; i < items.Count; i++)
        {
            model.Rotary.Fill(items[i].Run.Positions, cos, sin, row);
            row += items[i].Run.Count;
        }
    }

    private bool ReduceAt(int layer, bool beforeDeepStack, Tensor hidden, IReadOnlyList<PassItem> items)
    {
        bool changed = false;
        int start = 0;
        for (int i = 0; i < items.Count; i++)
        {
            var (_, run, reduction, _) = items[i];
            if (reduction is not null && reduction.ActsAt(Stage.Decoder(layer), beforeDeepStack))
            {
                changed |= Reduce(Stage.Decoder(layer), beforeDeepStack, hidden, start, items[i], reduction);
            }

            start += run.Count;
        }

        return changed;
    }

    private bool Reduce(Stage stage, bool beforeDeepStack, Tensor hidden, int start, PassItem item, ReductionRun reduction)
    {
        var run = item.Run;
        int rowsBefore = run.Count;
        var visual = run.VisualRows();
        reduction.Reduce(
            compute,
            stage,
            () => _signals.VisualStates(hidden, start, run),
            map =>
            {
                bool overSequence = map.Inputs != visual.Length;
                var all = overSequence ? map : map.Within(run.Count, visual);
                map = overSequence ? map.Restrict(visual) : map;
                Shrink(hidden, start, run.Count, all);
                if (reduction.Plan.Cache == CachePolicy.Trim)
                {
                    Trim(item.Sequence, stage.Layer, all);
                }

                item.Visual?.Apply(compute, map);
                run.Apply(all, reduction.Plan.Positions, reduction.Plan.ProportionalAttention);
                visual = run.VisualRows();
                observer?.OnReduction(stage, all, hidden.Slice(start, run.Count), run.Positions);
                return map;
            },
            (signal, other) => _signals.Make(signal, stage.Layer, hidden.Slice(start, run.Count), run, reduction.Geometry, item.Sequence.Cache, other),
            beforeDeepStack);
        return run.Count != rowsBefore;
    }

    /// <summary>Lets the layers in front hold what is left of the rows of this pass.</summary>
    private static void Trim(Sequence sequence, int layers, TokenMap map)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            var cache = sequence.Cache[layer];
            cache.Retain(cache.Length - map.Inputs, map.OwnRepresentatives());
        }
    }

    /// <summary>Replaces <paramref name="count"/> rows from <paramref name="start"/> on by what the map makes of them and closes the gap.</summary>
    private void Shrink(Tensor hidden, int start, int count, TokenMap map)
    {
        var kept = map.Apply(compute, hidden.Slice(start, count)).AsSpan<float>();
        int width = hidden.RowLength;
        var all = hidden.AsSpan<float>();
        kept.CopyTo(all[(start * width)..]);
        all[((start + count) * width)..].CopyTo(all[((start + map.Outputs) * width)..]);
        hidden.Truncate(hidden.Rows - count + map.Outputs);
    }

    private void Slice(int layer, IReadOnlyList<PassItem> items)
    {
        int start = 0;
        for (int i = 0; i < items.Count; i++)
        {
            var (sequence, run, reduction, report) = items[i];
            var cache = sequence.Cache[layer];
            _slices[i] = new SequenceSlice(start, run.Count, cache, run.Sizes, reduction is null ? null : _signals.Capture(layer, cache.Length, run, reduction));
            if (reduction is not null)
            {
                report.VisualTokensPerLayer[layer] = reduction.Map.Outputs;
                report.PrefillFlops += OperationCount.DecoderLayer(model.Config, layer, run.Count, cache.Length);
            }
            else
            {
                report.DecodeFlops += OperationCount.DecoderLayer(model.Config, layer, run.Count, cache.Length);
            }

            start += run.Count;
        }
    }

    private static void AddDeepStack(int layer, Tensor hidden, IReadOnlyList<PassItem> items)
    {
        int start = 0;
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Visual is { } visual && layer < visual.DeepStack.Count)
            {
                int next = 0;
                foreach (int row in items[i].Run.VisualRows())
                {
                    var state = hidden.Row<float>(start + row);
                    System.Numerics.Tensors.TensorPrimitives.Add<float>(state, visual.DeepStack[layer].Row<float>(next++), state);
                }
            }

            start += items[i].Run.Count;
        }
    }

    /// <summary>The last row of each item, normed.</summary>
    private Tensor Last(Tensor hidden, IReadOnlyList<PassItem> items)
    {
        int row = -1;
        for (int i = 0; i < items.Count; i++)
        {
            row += items[i].Run.Count;
            _lastRows[i] = row;
        }

        var last = compute.Rent(items.Count, hidden.RowLength);
        compute.Gather(hidden, _lastRows.AsSpan(0, items.Count), last);
        return model.Norm(compute, last);
    }
}
