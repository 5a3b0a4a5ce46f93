using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// Pictures to visual tokens: encoder blocks, selection, projector, packing, and the reductions between them. What is dropped before the projector is not
/// projected.
/// </summary>
internal sealed class VisualPass(MultimodalModel model, Compute compute, ForwardObserver? observer, VisionFeatureCache? cache)
{
    private readonly DecoderPass _text = new(model.LanguageModel, compute, observer: null);

    /// <summary>
    /// Runs the pictures of one prompt, or takes from the cache what it holds of them: the visual tokens after all reductions before the language model, or,
    /// where these depend on more than the pictures, the features before them.
    /// </summary>
    /// <param name="input">The pictures, prepared.</param>
    /// <param name="pictures">What they are, for the cache.</param>
    /// <param name="run">The request's reductions; begins here.</param>
    /// <param name="report">Receives times and operations.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>The visual tokens that are left; owned by the caller.</returns>
    public VisualTokens Run(VisualInput input, string pictures, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        run.Begin(input.Geometry);
        report.VisualTokens = input.Geometry.Count;
        string key = $"{pictures} {run.PictureKey}";
        var found = run.ActsOnPicturesAlone ? cache?.Read(key, features => Restore(features, run)) : null;
        report.FeatureCacheHit = found is not null;
        var tokens = found ?? Compute(input, key, run, report, cancellation);
        report.FeatureCacheBytes = cache?.Bytes ?? 0;
        return tokens;
    }

    private VisualTokens Compute(VisualInput input, string key, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        var encoded = run.ActsOnPicturesAlone ? Encode(input, run, report, cancellation) : EncodeOnce(input, key, run, report, cancellation);
        observer?.OnFeatures(encoded.Features);
        var tokens = run.ActsAt(Stage.BeforeProjector) ? ReduceAndProject(input, run, encoded.Features, report) : Project(input.Packing, encoded.Features, report);
        tokens = Reduce(Stage.AfterProjector, run, tokens);
        observer?.OnVisualTokens(tokens);
        var result = new VisualTokens(CachedFeatures.CopyOf(tokens), DeepStack(input, encoded, run, report));
        if (run.ActsOnPicturesAlone)
        {
            cache?.Add(key, run.Snapshot(result.Tokens, result.DeepStack));
        }

        return result;
    }

    /// <summary>The visual tokens of an entry. The observer sees them alone; nothing else was computed.</summary>
    private VisualTokens Restore(CachedFeatures features, ReductionRun run)
    {
        run.Restore(features);
        observer?.OnVisualTokens(features.Values);
        return new VisualTokens(CachedFeatures.CopyOf(features.Values), [.. features.DeepStack.Select(CachedFeatures.CopyOf)]);
    }

    /// <summary>The features, from the cache if it has them.</summary>
    private EncodedPictures EncodeOnce(VisualInput input, string key, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        var found = cache?.Read(key, features =>
        {
            run.Restore(features);
            Tensor[] levels = [.. features.DeepStack.Select(Rented)];
            return new EncodedPictures(Rented(features.Values), level => levels[level]);
        });
        report.FeatureCacheHit = found is not null;
        if (found is not null)
        {
            return found;
        }

        var encoded = Encode(input, run, report, cancellation);
        cache?.Add(key, run.Snapshot(encoded.Features, [.. Enumerable.Range(0, model.DeepStackLevels).Select(encoded.DeepStack)]));
        return encoded;
    }

    private Tensor Rented(Tensor tensor)
    {
        var copy = compute.Rent(tensor.Rows, tensor.RowLength);
        tensor.AsSpan<float>().CopyTo(copy.AsSpan<float>());
        return copy;
    }

    private EncodedPictures Encode(VisualInput input, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        var state = RunBlocks(input, run, report, cancellation);
        state.TextFeature = TextFeature(input, report, cancellation);
        var features = model.Features(compute, state);
        report.EncoderFlops += 2 * model.FeatureMultiplyAdds(state);
        report.Encoding += Stopwatch.GetElapsedTime(started);
        return new EncodedPictures(features, level => model.DeepStackFeatures(compute, state, level));
    }

    private Tensor? TextFeature(VisualInput input, RunReport report, CancellationToken cancellation)
    {
        if (input.Question.Count == 0)
        {
            return null;
        }

        var feature = _text.TextFeature(input.Question, report, cancellation);
        observer?.OnTextFeature(input.Question, feature);
        return feature;
    }

    /// <summary>DeepStack features go the way of the tokens that they belong to.</summary>
    private Tensor[] DeepStack(VisualInput input, EncodedPictures encoded, ReductionRun run, RunReport report)
    {
        var levels = new Tensor[model.DeepStackLevels];
        for (int level = 0; level < levels.Length; level++)
        {
            var mark = compute.Arena.Top;
            var features = encoded.DeepStack(level);
            levels[level] = CachedFeatures.CopyOf(run.Map.IsSelection
                ? Project(input.Packing.Select(run.Map.Representatives), features, report, rows => model.ProjectDeepStack(compute, rows, level))
                : run.Map.Apply(compute, Project(input.Packing, features, report, rows => model.ProjectDeepStack(compute, rows, level))));
            observer?.OnDeepStack(level, levels[level]);
            compute.Arena.Release(mark);
        }

        return levels;
    }

    /// <summary>
    /// Decides on the encoder features of the visual tokens. As long as tokens are only chosen, the packing is cut down and the rows it still needs are
    /// projected; once they are merged, the merged features are projected.
    /// </summary>
    private Tensor ReduceAndProject(VisualInput input, ReductionRun run, Tensor features, RunReport report)
    {
        Tensor? packed = null;
        bool merged = false;
        run.Reduce(
            compute,
            Stage.BeforeProjector,
            () => packed ??= input.Packing.Select(run.Map.Representatives).Apply(compute, features, null),
            map =>
            {
                merged |= !map.IsSelection;
                packed = packed is null && !merged ? null : Shrink(packed ??= input.Packing.Apply(compute, features, null), map);
                return map;
            });
        return merged && packed is not null
            ? Project(TokenPacking.Identity(packed.Rows), packed, report)
            : Project(input.Packing.Select(run.Map.Representatives), features, report);
    }

    private Tensor Project(TokenPacking packing, Tensor features, RunReport report, Func<Tensor, Tensor>? project = null)
    {
        long started = Stopwatch.GetTimestamp();
        if (!packing.IsIdentity)
        {
            (int[] rows, packing) = packing.Compact();
            if (rows.Length < features.Rows)
            {
                var needed = compute.Rent(rows.Length, features.RowLength);
                compute.Gather(features, rows, needed);
                features = needed;
            }
        }

        var projected = project is null ? model.Project(compute, features) : project(features);
        report.EncoderFlops += 2L * features.Rows * model.ProjectorMultiplyAdds;
        var tokens = packing.IsIdentity ? projected : packing.Apply(compute, projected, model.InsertedToken);
        report.Projection += Stopwatch.GetElapsedTime(started);
        return tokens;
    }

    private Tensor Reduce(Stage stage, ReductionRun run, Tensor values)
    {
        if (run.ActsAt(stage))
        {
            run.Reduce(compute, stage, () => values, map =>
            {
                Shrink(values, map);
                return map;
            });
        }

        return values;
    }

    /// <summary>In place: the result is never longer, and it is computed before it is copied over.</summary>
    private Tensor Shrink(Tensor values, TokenMap map)
    {
        map.Apply(compute, values).AsSpan<float>().CopyTo(values.AsSpan<float>());
        values.Truncate(map.Outputs);
        return values;
    }

    private VisionState RunBlocks(VisualInput input, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        var vision = model.Vision;
        var state = vision.Embed(compute, input);
        report.EncoderFlops += vision.EmbedOperations(state);
        observer?.OnEncoder(-1, state.States);
        Snapshot(state, 0);
        int last = Math.Max(model.FeatureLayers.Max() - 1, run.LastEncoderBlock);
        for (int block = 0; block <= last; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var attention = vision.Attend(compute, block, state, run.WantsEncoderAttention(block) || (observer?.WantsEncoderAttention(block) ?? false));
            if (attention is not null)
            {
                KeepAttention(block, input, model.FeatureAttention(state, attention), run);
            }

            vision.FeedForward(compute, block, state);
            observer?.OnEncoder(block, state.States);
            Snapshot(state, block + 1);
            report.EncoderFlops += vision.BlockOperations(block, state);
        }

        return state;
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

    private void KeepAttention(int block, VisualInput input, Tensor features, ReductionRun run)
    {
        using (features)
        {
            observer?.OnEncoderAttention(block, features);
            var attention = Tensor.Allocate(features.Rows, input.Geometry.Count);
            for (int head = 0; head < attention.Rows; head++)
            {
                input.Packing.Apply(features.Row<float>(head), attention.Row<float>(head));
            }

            run.Keep(Signal.EncoderAttention(block), attention, [.. Enumerable.Range(0, attention.RowLength)]);
        }
    }

    /// <summary>What the encoder makes of pictures, before anything is reduced.</summary>
    /// <param name="Features">[feature rows, feature width], rented.</param>
    /// <param name="DeepStack">The further features of a level, rented.</param>
    private sealed record EncodedPictures(Tensor Features, Func<int, Tensor> DeepStack);
}
