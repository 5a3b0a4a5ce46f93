using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors.Ops;
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

    private static ReductionPlan Plan(string preset)
    {
        var settings = new Dictionary<string, string> { ["preset"] = preset };
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
