using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Golden;

/// <summary><c>ptr-table-*</c> and <c>priortr-args</c>: rows of inputs and results in JSON.</summary>
internal static class PriorTrTables
{
    /// <summary>Runs a table; the fields of a row say which it is.</summary>
    public static void Run(GoldenCase golden)
    {
        foreach (var row in golden.Root.GetProperty("rows").EnumerateArray())
        {
            try
            {
                Row(golden, row);
            }
            catch (GoldenMismatchException wrong)
            {
                throw new GoldenMismatchException($"{row.GetRawText()}: {wrong.Message}");
            }
        }
    }

    private static void Row(GoldenCase golden, JsonElement row)
    {
        if (row.TryGetProperty("depth", out var depth))
        {
            Depths(row, depth);
        }
        else if (row.TryGetProperty("arguments", out var arguments))
        {
            Arguments(row, arguments);
        }
        else if (row.TryGetProperty("stages", out var stages))
        {
            Schedule(row, stages);
        }
        else if (row.TryGetProperty("family_a", out _))
        {
            Counts(row);
        }
        else if (row.TryGetProperty("ids", out var ids))
        {
            PriorTrPlaces.Range(row, ids);
        }
        else if (row.TryGetProperty("rank", out _))
        {
            PriorTrPlaces.Count(golden, row);
        }
        else
        {
            throw new GoldenMismatchException("the row is not understood");
        }
    }

    private static void Counts(JsonElement row)
    {
        int count = row.GetProperty("num_tokens").GetInt32();
        double ratio = row.GetProperty("keep_ratio").GetDouble();
        Compare.Exact("family_a", row.GetProperty("family_a").GetInt32(), new TokenSelection(null, null, ratio, 0).Count(count));
        Compare.Exact("family_b", row.GetProperty("family_b").GetInt32(), new TokenSelection(null, null, ratio).Count(count));
        var merge = row.GetProperty("sparsevlm_merge");
        var reducer = new SparseVlm(new SparseVlmOptions { PruneLayer = [1], KeepRatio = [ratio] });
        int kept = reducer.RoomAt(0, count) ?? -1;
        var (candidates, clusters) = reducer.Recycling(count - kept);
        int[] actual = [kept, count - kept, candidates, clusters, kept + clusters];
        int[] wanted = [.. new[] { "kept", "pruned", "candidates", "clusters", "final" }.Select(name => merge.GetProperty(name).GetInt32())];
        Compare.Text("sparsevlm_merge", string.Join(" ", wanted), string.Join(" ", actual));
    }

    private static void Depths(JsonElement row, JsonElement depth)
    {
        foreach (var copy in row.EnumerateObject().Where(property => property.Name != "depth"))
        {
            // Where the depth is unknown each copy takes that of its own model.
            int layers = depth.ValueKind == JsonValueKind.Null ? copy.Name switch { "llava" => 32, "qwen2" => 28, _ => 36 } : depth.GetInt32();
            Compare.Text(copy.Name, Numbers(copy.Value), string.Join(" ", Clse.PublishedLayers(layers)));
        }
    }

    private static void Schedule(JsonElement row, JsonElement stages)
    {
        bool llava = row.GetProperty("copy").GetString() == "llava";
        int count = row.TryGetProperty("num_tokens", out var tokens) ? tokens.GetInt32() : 576;
        var fields = new JsonObject { ["strategy"] = "clse", ["prune_layer"] = new JsonArray(1, 2, 3) };
        foreach (string name in new[] { "keep_tokens", "retain_ratio", "keep_ratio" })
        {
            if (row.TryGetProperty(name, out var value))
            {
                fields[name] = JsonNode.Parse(value.GetRawText());
            }
        }

        var reducer = PriorTrConfiguration.FromFields(llava ? PriorTrCopy.Llava : PriorTrCopy.Qwen2, fields, 32).ToReducer() as Clse ?? throw new GoldenMismatchException("no method");
        Compare.Text("stages", stages.ValueKind == JsonValueKind.Null ? "" : Numbers(stages), string.Join(" ", reducer.ScheduleOf(count) ?? []));
        if (row.TryGetProperty("fractions", out var fractions) && fractions.ValueKind == JsonValueKind.Array)
        {
            double ratio = row.TryGetProperty("retain_ratio", out var given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble()
                : row.GetProperty("keep_tokens").GetInt32() switch { 192 => 0.334, 128 => 0.223, _ => 0.112 };
            Compare.Text("fractions", string.Join(" ", fractions.EnumerateArray().Select(value => value.GetDouble())), string.Join(" ", Clse.Shares(ratio)));
        }
    }

    private static void Arguments(JsonElement row, JsonElement arguments)
    {
        string[] texts = [.. arguments.EnumerateArray().Select(argument => argument.GetString() ?? "")];
        PriorTrConfiguration configuration;
        try
        {
            bool tiled = row.TryGetProperty("version", out var version) && version.GetString() == "1.6";
            configuration = PriorTrConfiguration.FromArguments(PriorTrCopy.Find(row.GetProperty("copy").GetString() ?? ""), texts, row.GetProperty("num_hidden_layers").GetInt32(), tiled);
        }
        catch (ArgumentException refused) when (row.TryGetProperty("error", out _) && refused.Message.Length > 0)
        {
            return;
        }

        if (!row.TryGetProperty("resolved", out var resolved))
        {
            throw new GoldenMismatchException("the arguments must be refused");
        }

        foreach (var field in resolved.EnumerateObject())
        {
            Compare.Text(field.Name, Text(field.Value), Field(configuration, field.Name));
        }
    }

    private static string Field(PriorTrConfiguration configuration, string name) => name switch
    {
        "enabled" => configuration.Enabled ? "true" : "false",
        "strategy" => configuration.Strategy,
        "prune_layers" => string.Join(" ", configuration.PruneLayers),
        "score_layers" => string.Join(" ", configuration.ScoreLayers),
        "keep_tokens" => string.Join(" ", configuration.KeepTokens ?? []),
        "keep_ratio" => string.Join(" ", configuration.KeepRatio),
        "score_threshold" => string.Join(" ", configuration.ScoreThreshold ?? []),
        "query_aggregation" => configuration.QueryAggregation,
        "head_aggregation" => configuration.HeadAggregation,
        "ref_layers" => string.Join(" ", configuration.RefLayers),
        "retain_ratio" => $"{configuration.RetainRatio}",
        "clse_cutoff_ratio" => $"{configuration.ClseCutoffRatio}",
        "clse_temp" => $"{configuration.ClseTemp}",
        "token_merge" => configuration.TokenMerge ? "true" : "false",
        "important_ratio" => $"{configuration.ImportantRatio}",
        _ => throw new GoldenMismatchException($"the field {name} is not understood"),
    };

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.Array => Numbers(value),
        JsonValueKind.Number => $"{value.GetDouble()}",
        _ => value.ToString().ToLowerInvariant(),
    };

    private static string Numbers(JsonElement list) => string.Join(" ", list.EnumerateArray().Select(value => value.GetDouble()));
}
