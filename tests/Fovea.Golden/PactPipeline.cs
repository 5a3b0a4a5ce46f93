using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>pipeline/*/pact-*</c>: a configuration on a model, layer by layer, with twelve greedy tokens.</summary>
internal static class PactPipeline
{
    /// <summary>Runs a case.</summary>
    public static void Run(string root, string path)
    {
        using var golden = new GoldenCase(path);
        using var compute = new Compute();
        using var model = ModelSuite.Load(root, golden.Root.GetProperty("checkpoint").GetString() ?? "", golden.Options, compute);
        bool isInput = !golden.Root.TryGetProperty("inputs_from", out var from);
        string folder = Path.GetDirectoryName(path) ?? "";
        using var input = new GoldenCase(isInput ? path : Path.Combine(folder, from.GetString() + ".json"));
        var recorder = isInput ? null : new RecordingPact(PactBlockCase.Configuration(golden).ToReducer(PactCases.Quirk(golden)));
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var request = new GenerationRequest
        {
            Prompt = input.Root.GetProperty("prompt").GetString() ?? "",
            Images = [.. input.Root.GetProperty("images").EnumerateArray().Select(image => Image.Load(Path.Combine(folder, image.GetString() ?? "")))],
            MaxNewTokens = golden.Options.GetProperty("max_new_tokens").GetInt32(),
            EndTokens = [],
            Sequence = sequence,
            Plan = recorder is null ? ReductionPlan.None : recorder.Pact.Adjust(new ReductionPlan { Steps = [new PlanStep("pact", recorder, null)] }),
        };
        var observer = new ReductionObserver(sequence);
        var result = new Generator(model, compute, observer).Generate(request);
        Compare.Integers("input_ids", input.Input("input_ids"), [.. sequence.Tokens.Take(result.Report.PromptTokens)]);
        foreach (var expected in golden.Expected)
        {
            Check(golden, input, expected.Name, recorder, observer, sequence, result);
        }
    }

    private static void Check(GoldenCase golden, GoldenCase input, string name, RecordingPact? recorder, ReductionObserver seen, Sequence sequence, GenerationResult result)
    {
        int count = input.Input("input_ids").Rows;
        switch (name)
        {
            case "logits":
                golden.Check(name, seen.Logits[0]);
                break;
            case "tokens":
                golden.Check(name, [.. result.Tokens]);
                break;
            case "token_logits":
                golden.Check(name, [.. result.Tokens.Index().Select(token => seen.Logits[token.Index][token.Item])]);
                break;
            case "cache_lengths":
                golden.Check(name, seen.CacheLengths);
                break;
            case "cache_lengths_after":
                golden.Check(name, [.. Enumerable.Range(0, sequence.Cache.Layers).Select(layer => sequence.Cache[layer].Length)]);
                break;
            case "decode_positions":
                int steps = golden.Output(name).Rows;
                golden.Check(name, [.. Enumerable.Range(sequence.NextPosition - steps, steps)]);
                break;
            case "rows":
                break;
            case "hidden_in" or "hidden_out":
                int first = FirstLayer(golden);
                var states = name == "hidden_out" ? seen.States[first] : seen.Reduced.TryGetValue(first, out var reduced) ? reduced : seen.States[first - 1];
                golden.Check(name, [.. golden.Output("rows").AsSpan<int>().ToArray().SelectMany(row => states.Row<float>(row).ToArray())]);
                break;
            case "survivors":
                golden.Check(name, Chain(seen, int.MaxValue, count).Representatives);
                break;
            case "position_ids":
                CheckPositions(golden, input, seen, count);
                break;
            default:
                CheckLayer(golden, name, recorder, seen, count);
                break;
        }
    }

    /// <summary>The maps of all layers up to one, one after the other.</summary>
    private static TokenMap Chain(ReductionObserver seen, int layer, int count) =>
        seen.Maps.Where(entry => entry.Key <= layer).OrderBy(entry => entry.Key).Aggregate(TokenMap.Identity(count), (all, entry) => all.Then(entry.Value));

    private static int FirstLayer(GoldenCase golden) => golden.Expected
        .Where(expected => expected.Name.StartsWith("layer", StringComparison.Ordinal))
        .Min(expected => Layer(expected.Name));

    private static int Layer(string name) => int.Parse(name.AsSpan(5, name.IndexOf('.', StringComparison.Ordinal) - 5), System.Globalization.CultureInfo.InvariantCulture);

    private static void CheckLayer(GoldenCase golden, string name, RecordingPact? recorder, ReductionObserver seen, int count)
    {
        if (!name.StartsWith("layer", StringComparison.Ordinal))
        {
            throw new GoldenMismatchException($"the expectation {name} is not understood");
        }

        int layer = Layer(name);
        string prefix = $"layer{layer}.";
        var before = Chain(seen, layer - 1, count);
        var map = seen.Maps.TryGetValue(layer, out var applied) ? applied : TokenMap.Identity(before.Outputs);
        switch (name[prefix.Length..])
        {
            case "kept":
                golden.Check(name, map.Representatives);
                break;
            case "map_offsets":
                PactRows.CheckRows(golden, prefix, map);
                break;
            case "map_index":
                break;
            case "sizes":
                var ones = new float[count];
                Array.Fill(ones, 1);
                golden.Check(name, before.Then(map).Sizes(ones));
                break;
            case "scores" when recorder is not null:
                golden.Check(name, recorder.Decisions[layer].Scores);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private static void CheckPositions(GoldenCase golden, GoldenCase input, ReductionObserver seen, int count)
    {
        int[] ids = input.Input("position_ids").AsSpan<int>().ToArray();
        int[] visual = [.. input.Input("visual").AsSpan<int>().ToArray().Index().Where(flag => flag.Item != 0).Select(flag => flag.Index)];
        TokenPosition[] original = input.Input("position_ids").Shape.Rank == 1
            ? Array.ConvertAll(ids, TokenPosition.At)
            : [.. Enumerable.Range(0, count).Select(i => new TokenPosition(ids[i], ids[count + i], ids[(2 * count) + i]))];
        PactRows.CheckPositions(golden, "position_ids", PactCases.Quirk(golden) == PactDefect.MropeScalarMeanPosition
            ? PactRows.ScalarMeans(Chain(seen, int.MaxValue, count), original, visual)
            : seen.Positions ?? original);
    }
}
