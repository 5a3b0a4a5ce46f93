using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>reduction/pyramiddrop</c> and <c>reduction/sparsevlm</c>: methods that act at several layers, as their authors published them.</summary>
internal static class DecoderMethodCases
{
    private const int Depth = 64;
    private static readonly ModelShape Shape = new(24, 22, Depth);

    /// <summary>Options that say what is given rather than how the method is set.</summary>
    private static readonly string[] Given = ["visual_start", "visual_length", "keep_counts", "query_heads", "kv_heads", "head_dim", "rms_norm_eps", "rope_theta"];

    /// <summary>Runs a case of PyramidDrop: one row for each stage, or the layer that gives it.</summary>
    public static void PyramidDrop(GoldenCase golden, Compute compute)
    {
        var reducer = (PyramidDrop)Create(golden, Reduction.Methods.PyramidDrop.Descriptor);
        int start = golden.Options.GetProperty("visual_start").GetInt32(), count = golden.Options.GetProperty("visual_length").GetInt32();
        int[] alive = [.. Enumerable.Range(0, count)];
        var layers = reducer.Stages(Shape).Select(request => request.Stage.Layer).ToList();
        float[] scores = [];
        for (int stage = 0; stage < layers.Count; stage++)
        {
            var row = golden.HasInput("hidden_states") ? EntryRow(golden, compute) : golden.Input($"attention_row_stage{stage}");
            int[] columns = Array.ConvertAll(alive, token => start + token);
            var context = PriorTrSteps.Context(
                reducer, Shape, Geometry.OfGrid(1, alive.Length), TokenBudget.KeepRatio(1), compute, layers[stage], _ => (row.Reshape(row.Rows, 1, row.RowLength), columns), count);
            scores = new float[alive.Length];
            reducer.Score(context, scores);
            alive = Array.ConvertAll(reducer.Reduce(context).Representatives.ToArray(), place => alive[place]);
            if (golden.Options.TryGetProperty("keep_counts", out var counts))
            {
                Compare.Exact("keep_counts", counts[stage].GetInt32(), alive.Length);
            }

            if (golden.HasOutput($"kept_stage{stage}"))
            {
                golden.Check($"kept_stage{stage}", alive);
            }
        }

        foreach (var expected in golden.Expected.Where(expected => !expected.Name.StartsWith("kept_stage", StringComparison.Ordinal)))
        {
            int[] sequence = golden.HasInput("hidden_states") ? [.. Enumerable.Range(0, golden.Input("hidden_states").Rows).Where(row => row < start || row >= start + count || alive.Contains(row - start))] : [];
            switch (expected.Name)
            {
                case "kept":
                    golden.Check(expected.Name, alive);
                    break;
                case "scores":
                    golden.Check(expected.Name, scores);
                    break;
                case "sequence":
                    golden.Check(expected.Name, sequence);
                    break;
                case "positions":
                    golden.Check(expected.Name, [.. Enumerable.Range(0, sequence.Length)]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    /// <summary>Runs a case of SparseVLM at its first cut.</summary>
    public static void SparseVlm(GoldenCase golden, Compute compute)
    {
        var reducer = (SparseVlm)Create(golden, Reduction.Methods.SparseVlm.Descriptor);
        var features = golden.Input("features");
        var attention = golden.Input("attention_text");
        int layer = reducer.Stages(Shape)[0].Stage.Layer, count = features.Rows;
        int[] columns = [.. Enumerable.Range(0, count)];
        var context = PriorTrSteps.Context(reducer, Shape, Geometry.OfGrid(1, count), TokenBudget.KeepRatio(1), compute, layer, signal => signal switch
        {
            Signal.FeaturesSignal => (features, []),
            Signal.AttentionRowsSignal => (attention, columns),
            Signal.LayerInputSignal => (golden.Input("visual_embeddings"), []),
            Signal.InstructionEmbeddingsSignal => (golden.Input("text_embeddings"), []),
            Signal.RotaryTableSignal => (Table(golden), columns),
            _ => throw new GoldenMismatchException($"the case has no input for {signal}"),
        });
        var scores = new float[count];
        reducer.Score(context, scores);
        var map = reducer.Reduce(context);
        int[] selected = [.. map.OwnRepresentatives().Where(token => token >= 0)];
        var (recycled, peaks) = selected.Length < map.Outputs ? reducer.Recycle(features, scores, selected) : ([], null);
        foreach (var expected in golden.Expected)
        {
            Check(golden, expected.Name, reducer, context, map, scores, selected, recycled, peaks);
        }
    }

    private static void Check(
        GoldenCase golden, string name, SparseVlm reducer, ReductionContext context, TokenMap map, float[] scores, int[] selected, int[] recycled, NearestDensityPeaks? peaks)
    {
        int[] centres = [.. (peaks?.Centres ?? []).Select(centre => recycled[centre])];
        int[] kept = [.. selected, .. centres];
        switch (name)
        {
            case "rater_scores":
                golden.Check(name, SparseVlmRaters.Similarity(context.Compute, context[Signal.LayerInput(0)], context[Signal.InstructionEmbeddings]));
                break;
            case "raters":
                golden.Check(name, reducer.Raters(context));
                break;
            case "gravity":
                golden.Check(name, [.. Reduction.Methods.SparseVlm.Gravity(context, golden.Input("attention_text").Shape[1]).SelectMany(row => row)]);
                break;
            case "scores":
                golden.Check(name, scores);
                break;
            case "selected":
                golden.Check(name, selected);
                break;
            case "recycled":
                golden.Check(name, recycled);
                break;
            case "centres":
                golden.Check(name, centres);
                break;
            case "assignment":
                golden.Check(name, [.. peaks?.Assignment ?? []]);
                break;
            case "density":
                golden.Check(name, [.. (peaks?.Density ?? []).Select(value => (float)value)]);
                break;
            case "separation":
                golden.Check(name, [.. (peaks?.Separation ?? []).Select(value => (float)value)]);
                break;
            case "kept":
                golden.Check(name, kept);
                break;
            case "sort":
                golden.Check(name, [.. Enumerable.Range(0, kept.Length).OrderBy(row => kept[row])]);
                break;
            case "features":
                golden.Check(name, map.Apply(context.Compute, golden.Input("features")).AsSpan<float>());
                break;
            case "map_rows":
                golden.Check(name, [.. Entries(map).Select(entry => entry.Row)]);
                break;
            case "map_cols":
                golden.Check(name, [.. Entries(map).Select(entry => entry.Column)]);
                break;
            case "map_weights":
                golden.Check(name, [.. Entries(map).Select(entry => entry.Weight)]);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private static IEnumerable<(int Row, int Column, float Weight)> Entries(TokenMap map)
    {
        var entries = new List<(int Row, int Column, float Weight)>();
        for (int row = 0; row < map.Outputs; row++)
        {
            for (int e = map.Offsets[row]; e < map.Offsets[row + 1]; e++)
            {
                entries.Add((row, map.Columns[e], map.Weights[e]));
            }
        }

        return entries.Order();
    }

    private static Reducer Create(GoldenCase golden, ReducerDescriptor descriptor)
    {
        var own = new JsonObject();
        foreach (var option in golden.Options.EnumerateObject().Where(option => !Given.Contains(option.Name) && option.Value.ValueKind != JsonValueKind.Null))
        {
            own[option.Name] = JsonNode.Parse(option.Value.GetRawText());
        }

        return descriptor.Create(own);
    }

    /// <summary>Cosines and sines at the positions of the visual tokens and of the text behind them.</summary>
    private static Tensor Table(GoldenCase golden)
    {
        int size = golden.Options.GetProperty("head_dim").GetInt32();
        long[] positions = [.. golden.Input("visual_positions").AsSpan<long>(), .. golden.Input("text_positions").AsSpan<long>()];
        var (cos, sin) = Angles(golden, size, Array.ConvertAll(positions, position => TokenPosition.At((int)position)));
        var table = Tensor.Allocate(positions.Length, size);
        for (int row = 0; row < positions.Length; row++)
        {
            cos.Row<float>(row).CopyTo(table.Row<float>(row));
            sin.Row<float>(row).CopyTo(table.Row<float>(row)[(size / 2)..]);
        }

        return table;
    }

    private static (Tensor Cos, Tensor Sin) Angles(GoldenCase golden, int size, TokenPosition[] positions)
    {
        var rotary = new RotaryEmbedding(size, golden.Options.GetProperty("rope_theta").GetDouble(), 4096, null);
        Tensor cos = Tensor.Allocate(positions.Length, rotary.Half), sin = Tensor.Allocate(positions.Length, rotary.Half);
        rotary.Fill(positions, cos, sin, 0);
        return (cos, sin);
    }

    /// <summary>The last token's row in the layer about to run.</summary>
    private static Tensor EntryRow(GoldenCase golden, Compute compute)
    {
        var hidden = golden.Input("hidden_states");
        int heads = golden.Options.GetProperty("query_heads").GetInt32(), keyHeads = golden.Options.GetProperty("kv_heads").GetInt32(), size = golden.Options.GetProperty("head_dim").GetInt32();
        var normed = compute.RmsNorm(hidden, golden.Input("norm_weight"), (float)golden.Options.GetProperty("rms_norm_eps").GetDouble());
        var (cos, sin) = Angles(golden, size, [.. Enumerable.Range(0, hidden.Rows).Select(TokenPosition.At)]);
        Tensor queries = compute.Products(normed, golden.Input("q_proj")), keys = compute.Products(normed, golden.Input("k_proj"));
        compute.Rotate(queries, cos, sin);
        compute.Rotate(keys, cos, sin);
        var capture = new AttentionCapture { Rows = [hidden.Rows - 1], Probabilities = Tensor.Allocate(heads, 1, hidden.Rows) };
        compute.Attention(
            queries,
            [new AttentionSegment(0, hidden.Rows, keys, keys, 0, hidden.Rows, null, capture)],
            new AttentionSettings(heads, keyHeads, size, 1 / MathF.Sqrt(size), Causal: true));
        return capture.Probabilities.Reshape(heads, hidden.Rows);
    }
}
