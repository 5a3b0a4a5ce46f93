using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// Pictures to visual tokens: features, projector, packing, and the reductions between them. What is dropped before the projector is not projected.
/// </summary>
internal sealed class VisualPass(MultimodalModel model, Compute compute, ForwardObserver? observer, VisionFeatureCache? cache)
{
    private readonly EncoderPass _encoder = new(model, compute, observer, cache);

    /// <summary>
    /// Runs the pictures of one prompt, or takes from the cache what it holds of them: the visual tokens after all reductions before the language model where
    /// these depend on nothing but the pictures; otherwise, and for a picture that stands beside others than before, the features before them.
    /// </summary>
    /// <param name="input">The pictures, prepared.</param>
    /// <param name="hashes">What each is, for the cache.</param>
    /// <param name="run">The request's reductions; begins here.</param>
    /// <param name="report">Receives times and operations.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>The visual tokens that are left; owned by the caller.</returns>
    public VisualTokens Run(VisualInput input, IReadOnlyList<string> hashes, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        run.Begin(input.Geometry);
        report.VisualTokens = input.Geometry.Count;
        string key = $"{string.Join(' ', hashes)} {run.PictureKey}";
        var tokens = run.ActsOnPicturesAlone ? cache?.Read(key, tokens => Restore(tokens, run)) : null;
        if (tokens is not null)
        {
            report.PicturesFromCache = hashes.Count;
        }

        tokens ??= Compute(input, hashes, key, run, report, cancellation);
        report.FeatureCacheBytes = cache?.Bytes ?? 0;
        return tokens;
    }

    private VisualTokens Compute(VisualInput input, IReadOnlyList<string> hashes, string key, ReductionRun run, RunReport report, CancellationToken cancellation)
    {
        var encoded = _encoder.Run(input, hashes, run.EncoderBlocks, report, cancellation);
        foreach (var (signal, attention) in encoded.Attention)
        {
            run.Keep(signal, Packed(input.Packing, attention), [.. Enumerable.Range(0, input.Geometry.Count)]);
        }

        observer?.OnFeatures(encoded.Values);
        var tokens = run.ActsAt(Stage.BeforeProjector) ? ReduceAndProject(input, run, encoded.Values, report) : Project(input.Packing, encoded.Values, report);
        tokens = Reduce(Stage.AfterProjector, run, tokens);
        observer?.OnVisualTokens(tokens);
        var result = new VisualTokens(VisualFeatures.CopyOf(tokens), DeepStack(input, encoded, run, report));
        if (run.ActsOnPicturesAlone && run.Failure is null)
        {
            cache?.Add(key, run.Snapshot(compute, result), 0, result.Tokens.Rows);
        }

        return result;
    }

    /// <summary>The visual tokens of an entry. The observer sees them alone; nothing else was computed.</summary>
    private VisualTokens Restore(VisualFeatures tokens, ReductionRun run)
    {
        run.Restore(tokens);
        observer?.OnVisualTokens(tokens.Values);
        return new VisualTokens(VisualFeatures.CopyOf(tokens.Values), [.. tokens.DeepStack.Select(VisualFeatures.CopyOf)]);
    }

    /// <summary>Attention over feature rows to attention over visual tokens, owned by the caller.</summary>
    private static Tensor Packed(TokenPacking packing, Tensor attention)
    {
        var packed = Tensor.Allocate(attention.Rows, packing.Tokens);
        for (int head = 0; head < attention.Rows; head++)
        {
            packing.Apply(attention.Row<float>(head), packed.Row<float>(head));
        }

        return packed;
    }

    /// <summary>DeepStack features go the way of the tokens that they belong to.</summary>
    private Tensor[] DeepStack(VisualInput input, VisualFeatures encoded, ReductionRun run, RunReport report)
    {
        var levels = new Tensor[model.DeepStackLevels];
        for (int level = 0; level < levels.Length; level++)
        {
            var mark = compute.Arena.Top;
            var features = encoded.DeepStack[level];
            levels[level] = VisualFeatures.CopyOf(run.Map.IsSelection
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
}
