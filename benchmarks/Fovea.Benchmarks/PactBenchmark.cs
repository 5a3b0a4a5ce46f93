using System.Diagnostics;
using System.Globalization;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>
/// What the whole PACT block costs (projections, importance, clustering, merging) against the prefill time that it saves, in one decoder layer of the shapes of
/// Qwen2-0.5B and Qwen2-7B with random weights. The states are a walk, so that neighbours are alike and clusters form. benchmarks/peers/pact_block.py times the
/// same block in PyTorch.
/// </summary>
internal static class PactBenchmark
{
    private const int TextTokens = 32;
    private const float Step = 0.3f;

    private static readonly Shape[] Shapes =
    [
        new("729 of 896", 729, 896, 14, 2, 64, 4864, 24),
        new("2880 of 3584", 2880, 3584, 28, 4, 128, 18944, 28),
    ];

    public static void Run(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--rounds");
        int rounds = at >= 0 ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : 5;
        Console.WriteLine("| visual tokens, width | preset | left | projections ms | importance and clustering ms | merge ms | block ms | a layer, all tokens ms | a layer, what is left ms | saved in the prefill ms | block / saved |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var shape in Shapes.Where((_, index) => !arguments.Contains(index == 0 ? "--large" : "--small")))
        {
            using var compute = new Compute();
            using var layer = Layer(shape, compute);
            foreach (string preset in new[] { "pact", "dbdpc", "euti" })
            {
                Measure(shape, preset, layer, compute, rounds, saves: !arguments.Contains("--block"));
            }
        }
    }

    private static void Measure(Shape shape, string preset, DecoderLayer layer, Compute compute, int rounds, bool saves)
    {
        var pact = new Pact(ReductionPlan.Of("pact", null, new Dictionary<string, string> { ["preset"] = preset }).Steps is [{ Reducer: Pact made }] ? made.Options : new PactOptions());
        using var states = Walk(shape.Tokens + TextTokens, shape.Hidden);
        var request = pact.Stages(new ModelShape(1, 0, shape.Layers) { Heads = shape.Heads, HeadSize = shape.HeadSize }).Single();
        int[] visual = [.. Enumerable.Range(TextTokens / 2, shape.Tokens)];
        var times = Enumerable.Range(0, 5).Select(_ => new List<double>()).ToArray();
        int left = 0;
        int warmUp = shape.Tokens < 1000 ? 40 : 2;
        for (int round = -warmUp; round < rounds; round++)
        {
            compute.Arena.Release(default);
            long start = Stopwatch.GetTimestamp();
            double Lap()
            {
                double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                start = Stopwatch.GetTimestamp();
                return elapsed;
            }

            var signals = new Dictionary<Signal, Tensor>();
            foreach (var signal in request.Signals.OrderBy(signal => signal is Signal.LayerProjectionSignal { Rotary: true }))
            {
                signals[signal] = Value(signal, shape, layer, compute, states, visual, signals);
            }

            double projections = Lap();
            var map = pact.Reduce(new ReductionContext
            {
                Stage = request.Stage,
                Shape = new ModelShape(1, 0, shape.Layers) { Heads = shape.Heads, HeadSize = shape.HeadSize },
                Geometry = Geometry.OfGrid(1, shape.Tokens),
                Budget = TokenBudget.KeepRatio(1),
                Signals = signals,
                CandidateColumns = request.Signals.ToDictionary(signal => signal, _ => visual),
                Compute = compute,
            });
            double decision = Lap();
            var reduced = map.Within(states.Rows, visual).Apply(compute, states);
            double merge = Lap();
            left = map.Outputs;
            double[] lap = [projections, decision, merge, saves && round >= -1 ? LayerTime(layer, compute, shape, states) : 0, saves && round >= -1 ? LayerTime(layer, compute, shape, reduced) : 0];
            for (int i = 0; i < lap.Length && round >= 0; i++)
            {
                times[i].Add(lap[i]);
            }
        }

        double[] median = [.. times.Select(values => values.Order().ElementAt(values.Count / 2))];
        double block = median[0] + median[1] + median[2], saved = (shape.Layers - pact.Options.LayerForReduction) * (median[3] - median[4]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {shape.Name} | {preset} | {left} | {median[0]:F1} | {median[1]:F1} | {median[2]:F1} | {block:F1} | {median[3]:F0} | {median[4]:F0} | {saved:F0} | {block / saved:P2} |"));
    }

    private static Tensor Value(Signal signal, Shape shape, DecoderLayer layer, Compute compute, Tensor states, int[] visual, Dictionary<Signal, Tensor> made)
    {
        switch (signal)
        {
            case Signal.MeanQuerySignal:
                return layer.ProjectMeanQuery(compute, states.Slice(0, visual[^1] + 1));
            case Signal.LayerProjectionSignal projection:
                var unrotated = made.TryGetValue(projection with { Rotary = false }, out var there) ? there
                    : projection.Keys ? layer.ProjectKeys(compute, states) : layer.ProjectQueries(compute, states);
                return projection.Rotary ? Rotated(shape, compute, unrotated) : unrotated;
            default:
                var rows = compute.Rent(visual.Length, states.RowLength);
                compute.Gather(states, visual, rows);
                return rows;
        }
    }

    private static Tensor Rotated(Shape shape, Compute compute, Tensor rows)
    {
        var (cos, sin) = Rotary(shape, compute, rows.Rows);
        var rotated = compute.Rent(rows.Rows, rows.RowLength);
        rows.AsSpan<float>().CopyTo(rotated.AsSpan<float>());
        compute.Rotate(rotated, cos, sin);
        return rotated;
    }

    private static (Tensor Cos, Tensor Sin) Rotary(Shape shape, Compute compute, int rows)
    {
        var rotary = new RotaryEmbedding(shape.HeadSize, 1_000_000, 32768, null);
        var cos = compute.Rent(rows, rotary.Half);
        var sin = compute.Rent(rows, rotary.Half);
        rotary.Fill([.. Enumerable.Range(0, rows).Select(TokenPosition.At)], cos, sin, 0);
        return (cos, sin);
    }

    private static double LayerTime(DecoderLayer layer, Compute compute, Shape shape, Tensor states)
    {
        var mark = compute.Arena.Top;
        var hidden = compute.Rent(states.Rows, states.RowLength);
        states.AsSpan<float>().CopyTo(hidden.AsSpan<float>());
        var (cos, sin) = Rotary(shape, compute, states.Rows);
        using var cache = new KvCacheLayer(shape.KeyValueHeads, shape.HeadSize);
        long start = Stopwatch.GetTimestamp();
        layer.Attend(compute, hidden, cos, sin, [new SequenceSlice(0, states.Rows, cache)], new AttentionSegment[1]);
        layer.FeedForward(compute, hidden);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        compute.Arena.Release(mark);
        return elapsed;
    }

    private static DecoderLayer Layer(Shape shape, Compute compute)
    {
        var weights = new SyntheticWeights();
        weights.DecoderLayer("", new DecoderShape(shape.Hidden, shape.Intermediate, 1, shape.Heads, shape.KeyValueHeads, shape.HeadSize, 1) { Bias = true });
        var config = new TextConfig
        {
            VocabSize = 1,
            HiddenSize = shape.Hidden,
            IntermediateSize = shape.Intermediate,
            NumHiddenLayers = 1,
            NumAttentionHeads = shape.Heads,
            NumKeyValueHeads = shape.KeyValueHeads,
            HeadDim = shape.HeadSize,
            HiddenAct = Activation.Silu,
            RmsNormEps = 1e-6f,
            RopeTheta = 1_000_000,
            MaxPositionEmbeddings = 32768,
            QkvBias = true,
            Windows = [0],
        };
        try
        {
            return DecoderLayer.Load(new WeightReader("random", weights.Tensors), config, 0, compute);
        }
        finally
        {
            foreach (var weight in weights.Tensors.Values)
            {
                weight.Dispose();
            }
        }
    }

    /// <summary>Each row is the one before, a step further in a random direction; all have the same expected length.</summary>
    private static Tensor Walk(int rows, int width)
    {
        var random = new SplitMix64(7);
        var walk = Tensor.Allocate(rows, width);
        float keep = MathF.Sqrt(1 - (Step * Step));
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < width; j++)
            {
                float noise = (float)((random.NextDouble() - 0.5) * Math.Sqrt(12));
                walk.Row<float>(row)[j] = row == 0 ? noise : (keep * walk.Row<float>(row - 1)[j]) + (Step * noise);
            }
        }

        return walk;
    }

    private sealed record Shape(string Name, int Tokens, int Hidden, int Heads, int KeyValueHeads, int HeadSize, int Intermediate, int Layers);
}
