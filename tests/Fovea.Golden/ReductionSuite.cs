using System.Text.Json;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>
/// <c>reduction/METHOD/CASE.json</c>: one method on its own. Options of the method's record go to the method; <c>keep_count</c>, <c>count</c> and <c>grid</c>
/// say what the engine would; <c>in.*</c> tensors become the signals that the method asks for.
/// </summary>
public static class ReductionSuite
{
    private static readonly string[] EngineOptions = ["keep_count", "count", "grid"];

    /// <summary>All cases below <paramref name="root"/>.</summary>
    public static IEnumerable<GoldenTest> Cases(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "reduction"), "*.json", SearchOption.AllDirectories)
            .Select(path => new GoldenTest(Path.GetRelativePath(root, path), () => Run(path)));

    private static void Run(string path)
    {
        string method = Path.GetFileName(Path.GetDirectoryName(path)) ?? "";
        if (method.StartsWith("pact-", StringComparison.Ordinal))
        {
            PactCases.Run(method, path);
            return;
        }

        using var golden = new GoldenCase(path);
        if (method == "token_average")
        {
            TokenAverage.Run(golden);
            return;
        }

        if (Path.GetFileName(path).StartsWith("ptr-", StringComparison.Ordinal))
        {
            using var engine = new Compute();
            PriorTrCases.Run(golden, engine);
            return;
        }

        if (golden.Root.TryGetProperty("copies", out _))
        {
            PriorTrPlaces.Arguments(golden);
            return;
        }

        if (method is "pyramiddrop" or "sparsevlm")
        {
            using var engine = new Compute();
            Action<GoldenCase, Compute> run = method == "sparsevlm" ? DecoderMethodCases.SparseVlm : DecoderMethodCases.PyramidDrop;
            run(golden, engine);
            return;
        }

        var descriptor = KnownReducers.All.FirstOrDefault(known => known.Name == method) ?? throw new NotBuiltException($"method {method}");
        using var compute = new Compute();
        var (reducer, context) = Prepare(golden, descriptor, compute);
        var map = context.Budget.Of(context.Count) < context.Count ? reducer.Reduce(context) : TokenMap.Identity(context.Count);
        foreach (var expected in golden.Expected)
        {
            Check(golden, expected.Name, reducer, context, map);
        }
    }

    private static (Reducer Reducer, ReductionContext Context) Prepare(GoldenCase golden, ReducerDescriptor descriptor, Compute compute)
    {
        var own = new System.Text.Json.Nodes.JsonObject();
        foreach (var option in golden.Options.EnumerateObject())
        {
            bool known = descriptor.Options.Any(info => info.Name == option.Name);
            if (!known && !EngineOptions.Contains(option.Name))
            {
                throw new GoldenMismatchException($"the option {option.Name} is not understood");
            }

            if (known && option.Value.ValueKind != JsonValueKind.Null)
            {
                own[option.Name] = System.Text.Json.Nodes.JsonNode.Parse(option.Value.GetRawText());
            }
        }

        var reducer = descriptor.Create(own);
        var inputs = new ReductionInputs(golden, compute);
        var shape = new ModelShape(24, 22, 64);
        var request = reducer.Stages(shape).Single();
        var geometry = golden.Options.TryGetProperty("grid", out var grid)
            ? Geometry.OfGrid(grid[0].GetInt32(), grid[1].GetInt32())
            : Geometry.OfGrid(1, inputs.Candidates);
        return (reducer, new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = geometry,
            Budget = Budget(golden, reducer),
            Signals = request.Signals.ToDictionary(signal => signal, inputs.Value),
            CandidateColumns = request.Signals.ToDictionary(signal => signal, _ => inputs.Columns),
            Compute = compute,
        });
    }

    private static TokenBudget Budget(GoldenCase golden, Reducer reducer) => golden.Options.TryGetProperty("keep_count", out var keep)
        ? CheckOwn(reducer, golden, keep.GetInt32())
        : reducer.OwnBudget ?? throw new GoldenMismatchException("the case names no budget that is understood");

    /// <summary>Where the case states the count beside the method's own knob, the knob must give it.</summary>
    private static TokenBudget CheckOwn(Reducer reducer, GoldenCase golden, int keep)
    {
        if (reducer.OwnBudget is { } own)
        {
            Compare.Exact("keep_count", keep, own.Of(new ReductionInputs(golden, null).Candidates));
        }

        return TokenBudget.KeepCount(keep);
    }

    private static void Check(GoldenCase golden, string name, Reducer reducer, ReductionContext context, TokenMap map)
    {
        switch (name)
        {
            case "kept":
                golden.Check(name, map.Representatives);
                break;
            case "map_rows":
                golden.Check(name, [.. Enumerable.Range(0, map.Outputs).SelectMany(row => Enumerable.Repeat(row, map.Offsets[row + 1] - map.Offsets[row]))]);
                break;
            case "map_cols":
                golden.Check(name, map.Columns);
                break;
            case "map_weights":
                golden.Check(name, map.Weights);
                break;
            case "features":
                golden.Check(name, map.Apply(context.Compute, golden.Input("features")).AsSpan<float>());
                break;
            case "scores" when reducer is ScoringReducer scoring:
                var scores = new float[context.Count];
                scoring.Score(context, scores);
                golden.Check(name, scores);
                break;
            case "order" or "first_scores" when reducer is Reduction.Methods.DivPrune:
                var nearest = new float[context.Count];
                int[] order = Reduction.Methods.DivPrune.Order(context, context.Budget.Of(context.Count), nearest);
                if (name == "order")
                {
                    golden.Check(name, order);
                }
                else
                {
                    golden.Check(name, nearest);
                }

                break;
            case "important" or "diverse" when reducer is Reduction.Methods.VisPruner pruner:
                var (important, diverse) = pruner.Choose(context);
                golden.Check(name, [.. (name == "important" ? important : diverse).Order()]);
                break;
            case "attention_row":
                golden.Check(name, context[((StageRequest)reducer.Stages(context.Shape).Single()).Signals[0]].AsSpan<float>());
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }
}
