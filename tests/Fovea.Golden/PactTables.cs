using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Importance;
using Fovea.Reduction.Methods;

namespace Fovea.Golden;

/// <summary><c>reduction/pact-schedule</c> and <c>pact-configs</c>: tables in JSON.</summary>
internal static class PactTables
{
    /// <summary>Layers and counts.</summary>
    public static void Schedule(GoldenCase golden)
    {
        foreach (var row in golden.Root.GetProperty("expected").GetProperty("rows").GetProperty("value").EnumerateArray())
        {
            int layers = row.GetProperty("layers").GetInt32();
            if (row.TryGetProperty("perc_tokeep_tome_total", out var share))
            {
                int layer = row.GetProperty("tome_equivalant_layer_for_reduction").GetInt32(), tokens = row.GetProperty("visual_tokens").GetInt32();
                float first = MatchingSchedule.First(layers, layer, share.GetDouble(), tokens);
                Compare.Exact("r0", (float)row.GetProperty("r0").GetDouble(), first);
                Numbers("r", row.GetProperty("r"), Enumerable.Range(0, layers).Select(i => MatchingSchedule.At(first, layers, i)));
                Numbers("visual_tokens_entering_attention", row.GetProperty("visual_tokens_entering_attention"), MatchingSchedule.TokensPerLayer(layers, layer, share.GetDouble(), tokens));
            }
            else if (row.TryGetProperty("VTW_equivalant_layer_for_reduction", out var equivalent))
            {
                Compare.Exact("layer_for_reduction", row.GetProperty("layer_for_reduction").GetInt32(), Pact.WithdrawalLayer(layers, equivalent.GetInt32(), row.GetProperty("equivalent_reduc_percentage_vtw").GetDouble()));
            }
            else
            {
                int tokens = row.GetProperty("visual_tokens").GetInt32();
                var counts = new List<int>();
                for (int i = 0; i < layers; i++)
                {
                    tokens = i < row.GetProperty("layer_for_reduction").GetInt32() ? tokens : ScoreSelection.Count(tokens, row.GetProperty("pruning_tokeep_percentage_value").GetDouble());
                    counts.Add(tokens);
                }

                Numbers("visual_tokens_entering_attention", row.GetProperty("visual_tokens_entering_attention"), counts);
            }
        }
    }

    /// <summary>Presets, loading rules, keys.</summary>
    public static void Configuration(GoldenCase golden)
    {
        var expected = golden.Root.GetProperty("expected");
        if (expected.TryGetProperty("keys", out var keys))
        {
            Keys(keys.GetProperty("value"));
        }
        else if (expected.TryGetProperty("rows", out var rows))
        {
            foreach (var row in rows.GetProperty("value").EnumerateArray())
            {
                Rule(row);
            }
        }
        else
        {
            Preset(golden, expected);
        }
    }

    private static void Preset(GoldenCase golden, JsonElement expected)
    {
        var values = Object(golden.Options.GetProperty("values"));
        string name = Path.GetFileNameWithoutExtension(golden.Options.GetProperty("file").GetString()) ?? "";
        Same($"preset {name}", values, PactPresets.Find(name));
        var environment = golden.Options.GetProperty("overrides").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.ToString());
        var configuration = PactConfiguration.Of(values, environment);
        Same("resolved", Object(expected.GetProperty("resolved").GetProperty("value")), configuration.Resolved);
        foreach (var plan in expected.GetProperty("plan").GetProperty("value").EnumerateObject())
        {
            Same($"plan for {plan.Name} layers", JsonNode.Parse(plan.Value.GetRawText()), configuration.Steps(int.Parse(plan.Name, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private static void Rule(JsonElement row)
    {
        string what = row.GetProperty("what").GetString() ?? "";
        var environment = row.GetProperty("environment").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
        PactConfiguration configuration;
        try
        {
            configuration = PactConfiguration.Of(Object(row.GetProperty("file")), environment);
        }
        catch (ArgumentException refused)
        {
            Compare.Exact($"{what} is refused ({refused.Message})", true, row.TryGetProperty("raises", out _));
            return;
        }

        Compare.Exact($"{what} is refused", false, row.TryGetProperty("raises", out _));
        var defaults = PactConfiguration.Of([], new Dictionary<string, string>()).Resolved;
        var changes = new JsonObject();
        foreach (var (key, value) in configuration.Resolved)
        {
            if (!defaults.ContainsKey(key) || !Equal(defaults[key], value))
            {
                changes[key] = value?.DeepClone();
            }
        }

        Same(what, Object(row.GetProperty("resolved_changes")), changes);
    }

    private static void Keys(JsonElement keys)
    {
        Compare.Text("keys", string.Join(" ", keys.EnumerateArray().Select(key => key.GetProperty("key").GetString()).Order()), string.Join(" ", PactConfiguration.Keys.Order()));
        var defaults = PactConfiguration.Of([], new Dictionary<string, string>()).Resolved;
        foreach (var key in keys.EnumerateArray())
        {
            string name = key.GetProperty("key").GetString() ?? "";
            Compare.Exact($"default of {name}", true, Equal(JsonNode.Parse(key.GetProperty("default").GetRawText()), defaults[name]));
            string type = key.GetProperty("type").GetString() switch { "bool" => "true|false", "int" => "whole number", "float" => "number", _ => "text" };
            var option = Pact.Descriptor.Options.Single(option => option.Name == name);
            Compare.Exact($"type of {name}", type, option.Type);
            Compare.Exact($"{name} is described", true, option.Meaning.Length > 0);
        }
    }

    private static void Numbers(string name, JsonElement expected, IEnumerable<int> actual) =>
        Compare.Text(name, string.Join(" ", expected.EnumerateArray().Select(number => number.GetInt32())), string.Join(" ", actual));

    private static JsonObject Object(JsonElement element) => JsonNode.Parse(element.GetRawText()) as JsonObject ?? [];

    private static void Same(string name, JsonNode? expected, JsonNode? actual)
    {
        if (!Equal(expected, actual))
        {
            throw new GoldenMismatchException($"{name} is {actual?.ToJsonString()}, expected {expected?.ToJsonString()}");
        }
    }

    /// <summary>Equal values; numbers by value, keys in any order.</summary>
    private static bool Equal(JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (null, null) => true,
        (JsonObject x, JsonObject y) => x.Count == y.Count && x.All(pair => y.ContainsKey(pair.Key) && Equal(pair.Value, y[pair.Key])),
        (JsonArray x, JsonArray y) => x.Count == y.Count && x.Zip(y).All(pair => Equal(pair.First, pair.Second)),
        (JsonValue x, JsonValue y) when x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number => double.Parse(x.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture).Equals(double.Parse(y.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture)),
        _ => JsonNode.DeepEquals(a, b),
    };
}
