using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Methods;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>reduction/*/ptr-*</c>: a strategy of PriorTR's framework on given attention, or a step of one.</summary>
internal static class PriorTrCases
{
    private const int Depth = 64;
    private const int FeatureBlock = 22;

    /// <summary>Options that say what is given rather than how the method is set.</summary>
    private static readonly string[] Given =
    [
        "copy", "image_token_range", "image_token_range_at_prepare", "attention_dtype", "stage", "grid", "prior_layers", "density_tie", "config", "clusters", "spatial_merge_size",
    ];

    /// <summary>Runs a case.</summary>
    public static void Run(GoldenCase golden, Compute compute)
    {
        if (golden.Root.TryGetProperty("rows", out _))
        {
            PriorTrTables.Run(golden);
            return;
        }

        var expectation = golden.Root.GetProperty("expected");
        if (expectation.TryGetProperty("error", out _))
        {
            Refused(golden, compute);
            return;
        }

        if (golden.HasInput("vectors"))
        {
            Merge(golden);
        }
        else if (golden.HasInput("vision_attention"))
        {
            Importance(golden);
        }
        else if (golden.Options.TryGetProperty("candidate_layers", out var candidates) && golden.HasInput("task"))
        {
            Layer(golden, candidates);
        }
        else if (golden.HasInput("scores"))
        {
            Selection(golden);
        }
        else if (golden.HasInput("importance"))
        {
            VisPruner(golden, compute);
        }
        else
        {
            Strategy(golden, compute);
        }
    }

    /// <summary>The configuration of a case; <c>grid</c> of three sides stands for the video copy's keys.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="depth">Decoder layers.</param>
    /// <param name="instead">A strategy that the copy knows, where the case brings its own; the copy's first if it does not know that either.</param>
    public static PriorTrConfiguration Configuration(GoldenCase golden, int depth, string? instead = null)
    {
        var fields = new JsonObject();
        foreach (var option in golden.Options.EnumerateObject().Where(option => !Given.Contains(option.Name)))
        {
            fields[option.Name] = JsonNode.Parse(option.Value.GetRawText());
        }

        if (golden.Options.TryGetProperty("grid", out var grid) && grid.GetArrayLength() == 3)
        {
            (fields["clse_grid_t"], fields["clse_grid_h"], fields["clse_grid_w"]) = (grid[0].GetInt32(), grid[1].GetInt32(), grid[2].GetInt32());
        }

        if (golden.Root.TryGetProperty("resolved", out var resolved) && resolved.TryGetProperty("score_mask", out var mask))
        {
            fields["score_mask"] = mask.GetString();
        }

        // A case without a reference: none is taken in front of the first cut.
        if (golden.HasInput("attention_last") && !golden.HasInput("z_ref"))
        {
            fields["ref_layers"] = new JsonArray(Depth - 1);
        }

        if (instead is not null)
        {
            fields["strategy"] = Copy(golden).Strategies.Contains(instead) ? instead : Copy(golden).Strategies[0];
        }

        return PriorTrConfiguration.FromFields(Copy(golden), fields, depth);
    }

    private static PriorTrCopy Copy(GoldenCase golden) => PriorTrCopy.Find(golden.Options.GetProperty("copy").GetString() ?? "");

    private static void Refused(GoldenCase golden, Compute compute)
    {
        try
        {
            Strategy(golden, compute);
        }
        catch (ArgumentException refused) when (refused.Message.Length > 0)
        {
            return;
        }

        throw new GoldenMismatchException("the case must be refused");
    }

    private static void Merge(GoldenCase golden)
    {
        var vectors = golden.Input("vectors");
        var peaks = NearestDensityPeaks.Cluster(vectors, Math.Min(vectors.Rows, golden.Options.GetProperty("clusters").GetInt32()));
        foreach (var expected in golden.Expected)
        {
            switch (expected.Name)
            {
                case "centres":
                    golden.Check(expected.Name, [.. peaks.Centres]);
                    break;
                case "merged":
                    golden.Check(expected.Name, PriorTrSteps.Means(vectors, [.. Enumerable.Range(0, vectors.Rows)], peaks));
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    /// <summary>What an encoder's attention comes to; the engine does both steps on the way, in tokens of whole groups.</summary>
    private static void Importance(GoldenCase golden)
    {
        var attention = golden.Input("vision_attention");
        int patches = attention.Shape[2], group = golden.Options.GetProperty("spatial_merge_size").GetInt32() is var side ? side * side : 1;
        var received = new float[patches];
        for (int column = 0; column < patches; column++)
        {
            received[column] = (float)(Enumerable.Range(0, attention.Rows * patches).Sum(row => (double)attention.AsSpan<float>()[(row * patches) + column]) / (attention.Rows * patches));
        }

        golden.Check("received", received);
        golden.Check("importance", [.. received.Chunk(group).Select(members => (float)(members.Sum(value => (double)value) / group))]);
    }

    private static void Layer(GoldenCase golden, JsonElement candidates)
    {
        float[] divergence = [.. Enumerable.Range(0, candidates.GetArrayLength()).Select(row => (float)PriorDivergence.Of(golden.Input("task").Row<float>(row), golden.Input("prior").Row<float>(row)))];
        golden.Check("divergence", divergence);
        golden.Check("layer", [candidates[Array.IndexOf(divergence, divergence.Max())].GetInt32()]);
    }

    private static void Selection(GoldenCase golden)
    {
        float[] scores = golden.Input("scores").AsSpan<float>().ToArray();
        int stage = golden.Options.TryGetProperty("stage", out var given) ? given.GetInt32() : 0;
        var reducer = Configuration(golden, Depth).ToReducer();
        int[] kept = reducer is null ? [.. Enumerable.Range(0, scores.Length)]
            : reducer is SparseVlm sparse && sparse.RoomAt(stage, scores.Length) is { } room ? (sparse.SelectionAt(stage) with { KeepTokens = room }).Select(scores)
            : reducer.SelectionAt(stage).Select(scores);
        golden.Check("kept", kept);
        if (golden.HasInput("hidden") && reducer is SparseVlm recycling)
        {
            PriorTrSteps.Recycle(golden, recycling, scores, kept);
        }
    }

    private static void VisPruner(GoldenCase golden, Compute compute)
    {
        var step = Configuration(golden, Depth).ToPlan().Steps.Single();
        var reducer = (VisPruner)step.Reducer;
        var importance = golden.Input("importance");
        var shape = new ModelShape(FeatureBlock + 2, FeatureBlock, Depth);
        var context = PriorTrSteps.Context(reducer, shape, Geometry.OfGrid(1, importance.Rows), step.EffectiveBudget, compute, 0, signal => signal is Signal.FeaturesSignal
            ? (golden.Input("features"), [])
            : (importance.Reshape(1, importance.Rows), []));
        var (important, diverse) = reducer.Choose(context);
        foreach (var expected in golden.Expected)
        {
            switch (expected.Name)
            {
                case "important":
                    golden.Check(expected.Name, important);
                    break;
                case "diverse":
                    golden.Check(expected.Name, diverse);
                    break;
                case "kept":
                    golden.Check(expected.Name, reducer.Reduce(context).Representatives);
                    break;
                case "scores":
                    golden.Check(expected.Name, [.. Enumerable.Range(0, importance.Rows).Select(token => important.Contains(token) ? 2f : diverse.Contains(token) ? 1f : 0f)]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    private static void Strategy(GoldenCase golden, Compute compute)
    {
        var configuration = Configuration(golden, Depth);
        int stage = golden.Options.TryGetProperty("stage", out var given) ? given.GetInt32() : 0;
        var reducer = configuration.ToReducer() ?? throw new GoldenMismatchException("the configuration makes no cut");
        var inputs = new PriorTrInputs(golden, compute);
        var shape = new ModelShape(FeatureBlock + 2, FeatureBlock, Depth);
        var context = PriorTrSteps.Context(reducer, shape, inputs.Geometry, TokenBudget.KeepRatio(1), compute, configuration.PruneLayers[stage], inputs.Value,
            golden.HasInput("z_ref") ? golden.Input("z_ref").Rows : null);
        var scores = new float[context.Count];
        reducer.Score(context, scores);
        if (golden.HasOutput("scores") && golden.Output("scores").AsSpan<float>().IndexOfAnyExcept(float.NaN) < 0)
        {
            AttentionOnly(golden, context, scores);
            return;
        }

        foreach (var expected in golden.Expected)
        {
            Check(golden, expected.Name, reducer, context, inputs, scores);
        }
    }

    /// <summary>Where the reference has no number at all, its choice is an accident; ours is the attention alone (specification 3.6.1).</summary>
    private static void AttentionOnly(GoldenCase golden, ReductionContext context, float[] scores)
    {
        var rows = golden.Input("attention_last");
        int start = golden.Options.GetProperty("image_token_range")[0].GetInt32();
        float[] attention = [.. Enumerable.Range(start, context.Count).Select(column => Enumerable.Range(0, rows.Rows).Average(head => rows.Row<float>(head)[column]))];
        Compare.Numbers("scores", attention, scores, 1e-6, 0);
    }

    private static void Check(GoldenCase golden, string name, DecoderScoringReducer reducer, ReductionContext context, PriorTrInputs inputs, float[] scores)
    {
        float[] task = new float[scores.Length], prior = new float[scores.Length];
        switch (name)
        {
            case "scores":
                golden.Check(name, scores);
                break;
            case "kept":
                golden.Check(name, reducer.Reduce(context).Representatives);
                break;
            case "task" or "prior" when reducer is PriorTr single:
                single.Attention(context, task, prior);
                golden.Check(name, name == "task" ? task : prior);
                break;
            case "task" when reducer is PriorTrTwoForward two:
                two.Task(context, task);
                golden.Check(name, task);
                break;
            case "raters" when reducer is SparseVlm sparse:
                golden.Check(name, sparse.Raters(context));
                break;
            case "similarity":
                golden.Check(name, SparseVlmRaters.Similarity(context.Compute, context[Signal.LayerInput(0)], context[Signal.InstructionEmbeddings]));
                break;
            case "spectral_reference" or "spectral_now" or "factor":
                Spectral(golden, name, inputs);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private static void Spectral(GoldenCase golden, string name, PriorTrInputs inputs)
    {
        var options = golden.Options;
        bool cube = options.TryGetProperty("clse_fft_3d", out var flag) && flag.GetBoolean();
        float[] before = inputs.Magnitude("z_ref", cube), now = inputs.Magnitude("z_now", cube);
        golden.Check(name, name == "spectral_reference" ? before : name == "spectral_now" ? now : SpectralEvolution.Factors(before, now, options.GetProperty("clse_temp").GetDouble()));
    }
}
