using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Vectors = Fovea.Tests.Reduction.Clustering.Vectors;
using Fovea.Text;

namespace Fovea.Tests.Reduction.Methods;

[Trait("kind", "property")]
public sealed class PactTests
{
    private static readonly string[] Presets = ["pact-0.21", "dbdpc", "euti-0.4", "fastv-0.353", "tome-0.353", "vtw-0.353", "kmeans-0.4", "dpc-0.4", "agglomerative-0.4", "dbscan-0.7", "custom_combined-0.7"];

    public static TheoryData<string, string> Pairs => new(
        from folder in TinyModels.Folders
        from preset in Presets
        where Generator.ShapeOf(TinyModels.Load(folder)).DecoderLayers > 1
        select (folder, preset));

    public static TheoryData<string, string> Shipped => new(
        from folder in TinyModels.Folders
        from preset in PactPresets.Names.Where(name => !name.Contains('-', StringComparison.Ordinal))
        where Generator.ShapeOf(TinyModels.Load(folder)).DecoderLayers > 1
        select (folder, preset));

    public static TheoryData<string> Models => new(TinyModels.Folders);

    public static TheoryData<string, string> Refused => new()
    {
        { """{ "use_DBDPC": true, "use_kmeans": true }""", "use_kmeans" },
        { """{ "token_pruning": true, "prune_with_norm": true }""", "prune_with_norm" },
        { """{ "token_pruning": true, "use_IQR_in_token_pruning": true }""", "use_IQR_in_token_pruning" },
        { """{ "token_pruning": true, "pruning_tokeep_percentage_value": 1.7 }""", "pruning_tokeep_percentage_value" },
        { """{ "token_pruning": true, "pruning_tokeep_percentage_value": 0 }""", "pruning_tokeep_percentage_value" },
        { """{ "token_pruning": true, "norm_to_use": 0 }""", "norm_to_use" },
        { """{ "use_tome": true, "perc_tokeep_tome_total": 0.0 }""", "perc_tokeep_tome_total" },
        { """{ "use_dpc": true, "percentage_to_keep_dpc": 0.0 }""", "percentage_to_keep_dpc" },
        { """{ "use_agglomerative": true, "linkage": "ward" }""", "linkage" },
        { """{ "use_DBDPC": true, "cutoff": 2.5 }""", "cutoff" },
        { """{ "use_DBDPC": true, "vector_to_use_in_distance_clustering": "hidden_states" }""", "vector_to_use_in_distance_clustering" },
        { """{ "use_DBDPC": true, "layer_for_reduction": -1 }""", "layer_for_reduction" },
        { """{ "use_dbscan": true, "eps_dbscan": 0 }""", "eps_dbscan" },
        { """{ "use_DBDPC": true, "my_key": 3 }""", "my_key" },
        { """{ "use_DBDPC": true, "linkage": null }""", "linkage" },
        { """{ "use_DBDPC": true, "layer_for_reduction": 2.5 }""", "layer_for_reduction" },
        { """{ "withdraw_visual_tokens": true, "use_tome": true, "perc_tokeep_tome_total": 0.5 }""", "withdraw_visual_tokens" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Configuration_ThatContradictsItself_IsRefusedByKey(string json, string key)
    {
        var keys = JsonNode.Parse(json) as JsonObject ?? [];
        keys["visual_token_reduction"] = true;
        var refusal = Assert.Throws<ArgumentException>(() => PactConfiguration.Of(keys, new Dictionary<string, string>()).ToPlan());
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_OfALayerBeyondTheModel_AreRefusedByKey()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Pact.Descriptor.Create(new JsonObject { ["preset"] = "pact" }).Stages(new ModelShape(2, 1, 4)));
        Assert.Contains("layer_for_reduction", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithKeysThatSwitchNothingOn_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Pact.Descriptor.Create(new JsonObject { ["cutoff"] = 0.3 }));

    [Fact]
    public void Presets_AreAllReadable_AndOnlyPlaceholdersRefused()
    {
        string[] placeholders = ["tome", "dpc", "agglomerative"];
        foreach (string name in PactPresets.Names)
        {
            var configuration = PactConfiguration.Of(PactPresets.Find(name), new Dictionary<string, string>());
            Assert.Equal(placeholders.Contains(name), Record.Exception(() => configuration.ToPlan()) is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Batch_GivesTheSameAnswersAsOneByOne_ToTheLastBit(string folder, string preset)
    {
        var model = TinyModels.Load(folder);
        var plan = Plan(preset);
        string[] questions = ["What is it?", "Where?", "Describe the picture.", "How many are there in it?", "Why?", "Which colour has the thing on the left?", "Hello!", "And now?"];
        var requests = questions.Index().Select(entry => Request(model, entry.Item, plan, [.. Enumerable.Range(entry.Index, entry.Index % 3)])).ToList();
        using var compute = new Compute();
        var together = new LogitsObserver();
        var results = new Generator(model, compute, together).Generate(requests);
        for (int i = 0; i < requests.Count; i++)
        {
            var alone = new LogitsObserver();
            var result = new Generator(model, compute, alone).Generate(requests[i]);
            Assert.Equal(alone.Steps[0][0], together.Steps[0][i]);
            Assert.Equal(result.Tokens, results[i].Tokens);
            Assert.Equal(result.Report.VisualTokensPerLayer, results[i].Report.VisualTokensPerLayer);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Sizes_SumToTheTokensThatWentIn_UnlessTheyWerePrunedForGood(string folder, string preset)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var report = new Generator(model, compute).Generate(Request(model, "What is it?", Plan(preset), [1, 2])).Report;
        var ones = new float[report.Map.Inputs];
        Array.Fill(ones, 1);
        float sum = report.Map.Sizes(ones).Sum();
        Assert.Equal(report.Map.Columns.ToArray().Distinct().Count(), sum);
        if (preset is "dbdpc" or "tome-0.353" or "kmeans-0.4" or "dpc-0.4" or "agglomerative-0.4" or "dbscan-0.7")
        {
            Assert.Equal(report.VisualTokens, sum);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Prompt_WithoutPictures_PassesUntouched(string folder, string preset)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var plain = new LogitsObserver();
        var reduced = new LogitsObserver();
        _ = new Generator(model, compute, plain).Generate(Request(model, "Hello!", ReductionPlan.None, []));
        _ = new Generator(model, compute, reduced).Generate(Request(model, "Hello!", Plan(preset), []));
        Assert.Equal(plain.Steps[0][0], reduced.Steps[0][0]);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void ShippedConfiguration_ReadAsAFile_Runs(string folder, string preset)
    {
        var model = TinyModels.Load(folder);
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, PactPresets.Find(preset).ToJsonString());
            var settings = new Dictionary<string, string> { ["layer_for_reduction"] = "1", ["tome_equivalant_layer_for_reduction"] = "1", ["VTW_equivalant_layer_for_reduction"] = "0" };
            foreach (string share in new[] { "perc_tokeep_tome_total", "percentage_to_keep_dpc", "percentage_to_keep_agglomerative" })
            {
                settings[share] = "0.5";
            }

            var plan = ReductionPlan.Of("pact", null, PactConfiguration.Load(file, settings).ToSettings());
            using var compute = new Compute();
            var result = new Generator(model, compute).Generate(Request(model, "What is it?", plan, [1, 2]));
            Assert.Equal(4, result.Tokens.Count);
            Assert.Equal(preset == "no_reduction", result.Report.Stages.Count == 0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void HalfPrecisionSizes_MoveSizesByLittle_AndNoCount(string folder, string preset)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var exact = new Generator(model, compute).Generate(Request(model, "What is it?", Plan(preset), [1])).Report;
        var rounded = new Generator(model, compute).Generate(Request(model, "What is it?", Plan(preset, ("compatibility", "half-precision-sizes")), [1])).Report;
        var ones = new float[exact.Map.Inputs];
        Array.Fill(ones, 1);
        float[] expected = exact.Map.Sizes(ones), actual = rounded.Map.Sizes(ones);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First * 0.995, pair.First * 1.005));
        Assert.Equal(expected.Any(size => size > 1), expected.Zip(actual).Any(pair => pair.First != pair.Second));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void MeanQuery_IsTheMeanOfAllQueries(string folder)
    {
        var layer = TinyModels.Load(folder).LanguageModel.Layers[0];
        using var compute = new Compute();
        var states = compute.Rent(37, TinyModels.Load(folder).LanguageModel.Config.HiddenSize);
        var random = new Random(3);
        foreach (ref float value in states.AsSpan<float>())
        {
            value = (float)random.NextDouble() - 0.4f;
        }

        float[] mean = RowMean.Of(compute, layer.ProjectQueries(compute, states), 37).AsSpan<float>().ToArray();
        Assert.All(mean.Zip(layer.ProjectMeanQuery(compute, states).AsSpan<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f * (1 + MathF.Abs(pair.First))));
    }

    [Theory]
    [InlineData("euti")]
    [InlineData("fastv")]
    [InlineData("dbdpc")]
    [InlineData("pact")]
    public void Reduce_OfPermutedTokens_IsPermuted(string preset)
    {
        const int Count = 40;
        using var compute = new Compute();
        var vectors = Vectors.Around(Count, 16, 5, 8);
        int[] order = Vectors.Shuffled(Count, 4);
        var settings = new Dictionary<string, string> { ["preset"] = preset, ["use_mask_in_use_attention_in_token_pruning"] = "false" };
        var before = Reduce(compute, settings, vectors);
        var after = Reduce(compute, settings, Vectors.Permuted(vectors, order));
        Assert.InRange(before.Outputs, 1, Count - 1);
        Assert.Equal(Rows(before, [.. Enumerable.Range(0, Count)]), Rows(after, order));
    }

    [Fact]
    public void CustomHooks_AreAskedWithBothKindsOfRows()
    {
        using var compute = new Compute();
        var vectors = Vectors.Around(20, 16, 5, 8);
        MergeInput? seen = null;
        var hooks = new PactHooks
        {
            Importance = window => [.. Enumerable.Range(0, window.Visual.Length).Select(index => (float)-index)],
            Merge = input =>
            {
                seen = input;
                return new Clusters([.. Enumerable.Repeat(0, input.Vectors.Rows + (input.PrunedVectors?.Rows ?? 0))]);
            },
        };
        var options = new PactOptions { VisualTokenReduction = true, LayerForReduction = 0, TokenPruning = true, UseCustomPruning = true, UseCustomMerging = true, PruningTokeepPercentageValue = 0.25 };
        var map = new Pact(options, hooks).Reduce(Context(compute, new Pact(options, hooks), vectors));
        Assert.Equal([0], map.Representatives.ToArray());
        Assert.Equal((5, 5, 15, 15), (seen?.Features.Rows, seen?.Vectors.Rows, seen?.PrunedVectors?.Rows, seen?.PrunedFeatures?.Rows));
    }

    [Fact]
    public void ToSettings_OfAFile_NeedNothingElse()
    {
        var configuration = PactConfiguration.Of(new JsonObject { ["preset"] = "pact-0.1", ["cutoff"] = 0.4, ["layer_for_reduction"] = 2.0 }, new Dictionary<string, string> { ["norm_to_use"] = "1" });
        var options = (ReductionPlan.Of("pact", null, configuration.ToSettings()).Steps[0].Reducer as Pact)?.Options;
        Assert.Equal(configuration.ToReducer().Options with { Preset = "" }, options);
        Assert.Equal((0.4, 0.8, 2, 1), (options?.Cutoff, options?.PruningTokeepPercentageValue, options?.LayerForReduction, options?.NormToUse));
    }

    [Theory]
    [InlineData("""{ "use_DBDPC": true, "layer_for_reduction": 6 }""", "layer_for_reduction")]
    [InlineData("""{ "withdraw_visual_tokens": true, "VTW_equivalant_layer_for_reduction": 7 }""", "VTW_equivalant_layer_for_reduction")]
    [InlineData("""{ "use_tome": true, "tome_equivalant_layer_for_reduction": 7 }""", "tome_equivalant_layer_for_reduction")]
    [InlineData("""{ "use_tome": true, "tome_equivalant_layer_for_reduction": 0, "perc_tokeep_tome_total": 0.1 }""", null)]
    [InlineData("""{ "use_tome": true, "tome_equivalant_layer_for_reduction": 0, "perc_tokeep_tome_total": 0.1 }""", "perc_tokeep_tome_total", 3)]
    public void CheckDecoder_OfALayerBeyondTheModel_OrTooManyMerges_IsRefusedByKey(string json, string? key, int layers = 6)
    {
        var reducer = Pact.Descriptor.Create(JsonNode.Parse(json) as JsonObject ?? []);
        var refusal = Record.Exception(() => reducer.CheckDecoder(layers));
        Assert.Equal(key is null, refusal is null);
        Assert.Contains(key ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void RecoveryFromText_KeepsEveryTextToken()
    {
        string folder = TinyModels.Folders.First(folder => Generator.ShapeOf(TinyModels.Load(folder)).DecoderLayers > 1);
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var settings = new Dictionary<string, string> { ["preset"] = "pact-0.21", ["layer_for_reduction"] = "1", ["do_not_consider_non_image_tokens_as_pruned"] = "false", ["coef_pruned"] = "9" };
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var report = new Generator(model, compute).Generate(Request(model, "What is it?", ReductionPlan.Of("pact", null, settings), [1]) with { Sequence = sequence, MaxNewTokens = 1 }).Report;
        Assert.Equal(report.PromptTokens - report.VisualTokens + report.Map.Outputs, sequence.Cache[sequence.Cache.Layers - 1].Length);
        Assert.InRange(report.Map.Outputs, 1, report.VisualTokens - 1);
    }

    /// <summary>The block over vectors that are states, queries and keys at once.</summary>
    private static TokenMap Reduce(Compute compute, Dictionary<string, string> settings, Tensor vectors) =>
        ReductionPlan.Of("pact", null, new Dictionary<string, string>(settings) { ["layer_for_reduction"] = "0" }).Steps[0].Reducer is Pact pact
            ? pact.Reduce(Context(compute, pact, vectors))
            : TokenMap.Identity(0);

    private static ReductionContext Context(Compute compute, Pact pact, Tensor vectors)
    {
        var shape = new ModelShape(1, 0, 2) { Heads = 2, HeadSize = 8 };
        var request = pact.Stages(shape).Single();
        int[] all = [.. Enumerable.Range(0, vectors.Rows)];
        return new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = Geometry.OfGrid(1, vectors.Rows),
            Budget = TokenBudget.KeepRatio(1),
            Signals = request.Signals.ToDictionary(signal => signal, signal => signal == Signal.MeanQuery ? RowMean.Of(compute, vectors, vectors.Rows) : vectors),
            CandidateColumns = request.Signals.ToDictionary(signal => signal, _ => all),
            Compute = compute,
        };
    }

    /// <summary>Members of every row by their number before the permutation, the rows in no order.</summary>
    private static List<string> Rows(TokenMap map, int[] order) => [.. Enumerable.Range(0, map.Outputs)
        .Select(row => string.Join(' ', map.Columns[map.Offsets[row]..map.Offsets[row + 1]].ToArray().Select(column => order[column]).Order())).Order(StringComparer.Ordinal)];

    private static ReductionPlan Plan(string preset, params (string Key, string Value)[] more)
    {
        var settings = more.Append(("preset", preset)).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        settings[preset.StartsWith("vtw", StringComparison.Ordinal) ? "VTW_equivalant_layer_for_reduction"
            : preset.StartsWith("tome", StringComparison.Ordinal) ? "tome_equivalant_layer_for_reduction" : "layer_for_reduction"] = "1";
        return ReductionPlan.Of("pact", null, settings);
    }

    private static GenerationRequest Request(MultimodalModel model, string question, ReductionPlan plan, int[] pictures) => new()
    {
        Prompt = model.Prompt([ChatMessage.User(question, pictures.Length)]),
        Images = [.. pictures.Select(seed => TinyModels.Picture(90 + (13 * seed), 70 + (29 * seed), seed))],
        Plan = plan,
        MaxNewTokens = 4,
        EndTokens = [],
    };
}
