using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>Pictures to features, block by block. What a cache holds of single pictures is taken from there, and only the others are encoded.</summary>
internal sealed class EncoderPass(MultimodalModel model, Compute compute, ForwardObserver? observer, VisionFeatureCache? cache)
{
    private readonly DecoderPass _text = new(model.LanguageModel, compute, observer: null);

    /// <summary>Runs the pictures of one prompt.</summary>
    /// <param name="input">The pictures, prepared.</param>
    /// <param name="hashes">What each is.</param>
    /// <param name="blocks">Encoder blocks whose attention is wanted.</param>
    /// <param name="report">Receives times and operations.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <returns>The features, before any packing; rented.</returns>
    public VisualFeatures Run(VisualInput input, IReadOnlyList<string> hashes, IReadOnlyList<int> blocks, RunReport report, CancellationToken cancellation)
    {
        // A picture may be cut into other tiles where it stands beside others, but then into another number of them.
        string[] keys = [.. hashes.Zip(input.Pictures, (hash, picture) => $"{hash} in {picture.Rows}, attention {string.Join(',', blocks)}")];
        VisualFeatures? features = null;
        var missing = new List<int>();
        for (int i = 0; i < keys.Length; i++)
        {
            if (cache?.Read(keys[i], found => Put(found, 0, input.Pictures[i])) is null)
            {
                missing.Add(i);
            }
        }

        report.PicturesEncoded = missing.Count;
        report.PicturesFromCache = keys.Length - missing.Count;
        if (missing.Count == keys.Length)
        {
            features = Encode(input, blocks, report, cancellation);
        }
        else if (missing.Count > 0)
        {
            missing.Sort((one, other) => input.Pictures[one].FirstRow.CompareTo(input.Pictures[other].FirstRow));
            using var others = input.Select(missing, model.Vision.TokensPerTile);
            var encoded = Encode(others, blocks, report, cancellation);
            for (int i = 0; i < missing.Count; i++)
            {
                Put(encoded, others.Pictures[i].FirstFeature, input.Pictures[missing[i]]);
            }
        }

        var all = features ?? throw new InvalidOperationException("The prompt has no pictures.");
        missing.ForEach(i => cache?.Add(keys[i], all, input.Pictures[i].FirstFeature, input.Pictures[i].Features));
        return all;

        VisualFeatures Put(VisualFeatures from, int first, PictureSlice picture)
        {
            features ??= from.Room(input.Packing.Features, (rows, width) => compute.Rent(rows, width));
            from.CopyTo(first, picture.Features, features, picture.FirstFeature);
            return features;
        }
    }

    private VisualFeatures Encode(VisualInput input, IReadOnlyList<int> blocks, RunReport report, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        var attention = new List<(Signal, Tensor)>();
        var state = RunBlocks(input, blocks, attention, report, cancellation);
        state.TextFeature = TextFeature(input, report, cancellation);
        var features = model.Features(compute, state);
        report.EncoderFlops += 2 * model.FeatureMultiplyAdds(state);
        Tensor[] levels = [.. Enumerable.Range(0, model.DeepStackLevels).Select(level => model.DeepStackFeatures(compute, state, level))];
        report.Encoding += Stopwatch.GetElapsedTime(started);
        return new VisualFeatures(features, levels, attention);
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

    private VisionState RunBlocks(VisualInput input, IReadOnlyList<int> blocks, List<(Signal, Tensor)> kept, RunReport report, CancellationToken cancellation)
    {
        var vision = model.Vision;
        var state = vision.Embed(compute, input);
        report.EncoderFlops += vision.EmbedOperations(state);
        observer?.OnEncoder(-1, state.States);
        Snapshot(state, 0);
        int last = blocks.Append(model.FeatureLayers.Max() - 1).Max();
        for (int block = 0; block <= last; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool wanted = blocks.Contains(block);
            using var attention = vision.Attend(compute, block, state, wanted || (observer?.WantsEncoderAttention(block) ?? false));
            if (attention is not null)
            {
                using var features = model.FeatureAttention(state, attention);
                observer?.OnEncoderAttention(block, features);
                if (wanted)
                {
                    kept.Add((Signal.EncoderAttention(block), Rented(features)));
                }
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
            state.HiddenStates[hiddenState] = Rented(state.States);
        }
    }

    private Tensor Rented(Tensor tensor)
    {
        var copy = compute.Rent(tensor.Rows, tensor.RowLength);
        tensor.AsSpan<float>().CopyTo(copy.AsSpan<float>());
        return copy;
    }
}
