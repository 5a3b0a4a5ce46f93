using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>Pictures to visual tokens: processor, encoder blocks, selection, projector, and the reductions between them.</summary>
internal sealed class VisualPass(MultimodalModel model, Compute compute, ForwardObserver? observer)
{
    /// <summary>Runs the pictures of one prompt.</summary>
    /// <param name="input">The pictures, prepared.</param>
    /// <param name="run">The request's reductions; begins here.</param>
    /// <param name="report">Receives times and operations.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>[visual tokens left, hidden size], rented; valid until the arena is released below it.</returns>
    public Tensor Run(VisualInput input, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        run.Begin(input.Geometry);
        report.VisualTokens = input.Geometry.Count;
        long started = Stopwatch.GetTimestamp();
        var features = Encode(input, run, report, cancellation);
        report.Encoding += Stopwatch.GetElapsedTime(started);
        observer?.OnFeatures(features);
        features = Reduce(Stage.BeforeProjector, run, features);

        started = Stopwatch.GetTimestamp();
        var tokens = model.Project(compute, features);
        report.Projection += Stopwatch.GetElapsedTime(started);
        report.EncoderFlops += 2L * tokens.Rows * model.ProjectorMultiplyAdds;
        tokens = Reduce(Stage.AfterProjector, run, tokens);
        observer?.OnVisualTokens(tokens);
        return tokens;
    }

    private Tensor Reduce(Stage stage, ReductionRun run, Tensor values)
    {
        if (!run.ActsAt(stage))
        {
            return values;
        }

        run.Reduce(compute, stage, () => values, map =>
        {
            // In place: the rows that go are behind those that stay.
            map.Apply(compute, values).AsSpan<float>().CopyTo(values.AsSpan<float>());
            values.Truncate(map.Outputs);
        });
        return values;
    }

    private Tensor Encode(VisualInput input, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        var state = model.Embed(compute, input);
        observer?.OnEncoder(-1, state.States);
        Snapshot(state, 0);
        int last = Math.Max(model.FeatureLayers.Max() - 1, run.LastEncoderBlock);
        for (int block = 0; block <= last; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            var captures = run.WantsEncoderAttention(block) || observer is not null ? Captures(state) : [];
            model.Vision.Blocks[block].Attend(compute, state.States, state.Offsets, captures);
            if (captures.Length > 0)
            {
                KeepAttention(block, state, captures, input.Geometry, run);
            }

            model.Vision.Blocks[block].FeedForward(compute, state.States);
            observer?.OnEncoder(block, state.States);
            Snapshot(state, block + 1);
            report.EncoderFlops += OperationCount.EncoderBlock(model.Vision, state.Offsets);
        }

        report.EncoderFlops += OperationCount.PatchEmbedding(model.Vision, state.Offsets.Length - 1);
        return model.Features(compute, state);
    }

    private void Snapshot(VisionState state, int hiddenState)
    {
        if (model.FeatureLayers.Contains(hiddenState))
        {
            var copy = compute.Rent(state.States.Rows, state.States.RowLength);
            state.States.AsSpan<float>().CopyTo(copy.AsSpan<float>());
            state.HiddenStates[hiddenState] = copy;
        }
    }

    private AttentionCapture[] Captures(VisionState state)
    {
        var config = model.Vision.Config;
        var captures = new AttentionCapture[state.Offsets.Length - 1];
        for (int tile = 0; tile < captures.Length; tile++)
        {
            int count = state.Offsets[tile + 1] - state.Offsets[tile];
            captures[tile] = config.HasClassToken
                ? new AttentionCapture { Rows = [0], Probabilities = Tensor.Allocate(config.NumAttentionHeads, 1, count) }
                : new AttentionCapture { Received = Tensor.Allocate(config.NumAttentionHeads, count) };
        }

        return captures;
    }

    /// <summary>From one capture per tile to one row per head over all visual tokens; a class token that stays gets 0.</summary>
    private void KeepAttention(int block, VisionState state, AttentionCapture[] captures, Geometry geometry, ReductionRun run)
    {
        int heads = model.Vision.Config.NumAttentionHeads, special = model.Vision.Config.HasClassToken ? 1 : 0;
        var attention = Tensor.Allocate(heads, geometry.Count);
        for (int head = 0; head < heads; head++)
        {
            var row = attention.Row<float>(head);
            for (int token = 0; token < geometry.Count; token++)
            {
                var place = geometry[token];
                if (place.Kind == VisualTokenKind.Patch)
                {
                    var captured = captures[place.Tile].Probabilities ?? captures[place.Tile].Received ?? throw new InvalidOperationException("Nothing was captured.");
                    row[token] = captured.Row<float>(head)[special + (place.Row * geometry.Tiles[place.Tile].Columns) + place.Column];
                }
            }
        }

        foreach (var capture in captures)
        {
            capture.Probabilities?.Dispose();
            capture.Received?.Dispose();
        }

        observer?.OnEncoderAttention(block, attention);
        run.Keep(Signal.EncoderAttention(block), attention, TokenMap.Identity(geometry.Count).Representatives.ToArray());
    }
}
