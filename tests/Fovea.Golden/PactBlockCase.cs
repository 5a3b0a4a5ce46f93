using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Importance;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>reduction/pact-pruning</c> and <c>pact-block</c>: the method before layer 0 of a decoder of one layer, on given states, queries and keys.</summary>
internal sealed class PactBlockCase(GoldenCase golden, Compute compute)
{
    private readonly int[] _visual = [.. golden.Input("visual").AsSpan<int>().ToArray().Index().Where(flag => flag.Item != 0).Select(flag => flag.Index)];
    private readonly TokenPosition[] _positions = Positions(golden);

    /// <summary>The configuration of a case.</summary>
    public static PactConfiguration Configuration(GoldenCase golden) =>
        PactConfiguration.Of(JsonNode.Parse(golden.Options.GetProperty("config").GetRawText()) as JsonObject ?? [], new Dictionary<string, string>());

    /// <summary>Rows after rotary embedding.</summary>
    public static Tensor Rotated(GoldenCase golden, Compute compute, Tensor rows, TokenPosition[] positions)
    {
        int size = golden.Options.GetProperty("head_dim").GetInt32();
        int[] axes = golden.Options.TryGetProperty("mrope_section", out var sections)
            ? [.. sections.EnumerateArray().Index().SelectMany(section => Enumerable.Repeat(section.Index, section.Item.GetInt32()))]
            : [];
        var rotary = new RotaryEmbedding(size, golden.Options.GetProperty("rope_theta").GetDouble(), 1 << 20, null, axes);
        var cos = compute.Rent(rows.Rows, rotary.Half);
        var sin = compute.Rent(rows.Rows, rotary.Half);
        rotary.Fill(positions, cos, sin, 0);
        var rotated = compute.Rent(rows.Rows, rows.RowLength);
        rows.AsSpan<float>().CopyTo(rotated.AsSpan<float>());
        compute.Rotate(rotated, cos, sin);
        return rotated;
    }

    /// <summary>Runs and compares.</summary>
    public void Run()
    {
        var pact = Configuration(golden).ToReducer(PactCases.Quirk(golden));
        var shape = new ModelShape(1, 0, 1) { Heads = golden.Options.GetProperty("num_heads").GetInt32(), HeadSize = golden.Options.GetProperty("head_dim").GetInt32() };
        var request = pact.Stages(shape).Single();
        var context = new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = Geometry.OfGrid(1, _visual.Length),
            Budget = TokenBudget.KeepRatio(1),
            Signals = request.Signals.ToDictionary(signal => signal, Value),
            CandidateColumns = request.Signals.ToDictionary(signal => signal, _ => _visual),
            Compute = compute,
        };
        var decision = pact.Decide(context);
        var map = pact.Reduce(context);
        map = map.Inputs == _visual.Length ? map.Within(_positions.Length, _visual) : map;
        foreach (var expected in golden.Expected)
        {
            Check(expected.Name, pact, decision, map);
        }
    }

    private static TokenPosition[] Positions(GoldenCase golden)
    {
        var stored = golden.Input("position_ids");
        int[] ids = stored.AsSpan<int>().ToArray();
        int count = golden.Input("visual").Rows;
        return stored.Shape.Rank == 1
            ? Array.ConvertAll(ids, TokenPosition.At)
            : [.. Enumerable.Range(0, count).Select(i => new TokenPosition(ids[i], ids[count + i], ids[(2 * count) + i]))];
    }

    private Tensor Value(Signal signal)
    {
        switch (signal)
        {
            case Signal.FeaturesSignal:
                var features = compute.Rent(_visual.Length, golden.Input("hidden").RowLength);
                compute.Gather(golden.Input("hidden"), _visual, features);
                return features;
            case Signal.MeanQuerySignal:
                return RowMean.Of(compute, golden.Input("q"), _visual[^1] + 1);
            case Signal.LayerProjectionSignal projection:
                var rows = golden.Input(projection.Keys ? "k" : "q");
                return projection.Rotary ? Rotated(golden, compute, rows, _positions) : rows;
            default:
                throw new GoldenMismatchException($"the case has no input for {signal}");
        }
    }

    private void Check(string name, Pact pact, PactDecision decision, TokenMap map)
    {
        var ones = new float[map.Inputs];
        Array.Fill(ones, 1);
        switch (name)
        {
            case "scores":
                golden.Check(name, decision.Scores);
                break;
            case "threshold":
                golden.Check(name, [ScoreSelection.QuartileThreshold(decision.Scores, pact.Options.AlphaIqr)]);
                break;
            case "after_pruning":
                golden.Check(name, Array.ConvertAll(decision.Kept, index => _visual[index]));
                break;
            case "kept":
                golden.Check(name, map.Representatives);
                break;
            case "map_offsets":
                PactRows.CheckRows(golden, "", map);
                break;
            case "map_index" or "map_weight":
                break;
            case "sizes":
                golden.Check(name, map.Sizes(ones));
                break;
            case "bias":
                golden.Check(name, Array.ConvertAll(map.Sizes(ones), MathF.Log));
                break;
            case "hidden":
                golden.Check(name, map.Apply(compute, golden.Input("hidden")).AsSpan<float>());
                break;
            case "position_ids":
                CheckPositions(name, pact, decision, map);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private void CheckPositions(string name, Pact pact, PactDecision decision, TokenMap map)
    {
        var positions = pact.Options.ChangePositionIds ? [.. Enumerable.Range(0, map.Outputs).Select(TokenPosition.At)]
            : PactCases.Quirk(golden) == PactDefect.MropeScalarMeanPosition ? PactRows.ScalarMeans(map, _positions, _visual)
            : map.PositionsOf(_positions);
        PactRows.CheckPositions(golden, name, positions);
    }
}
