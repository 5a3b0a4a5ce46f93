using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Models.Llava;
using Fovea.Reduction.Methods;

namespace Fovea.Golden;

/// <summary>Where the copies look for visual tokens, and how many they expect of a picture.</summary>
internal static class PriorTrPlaces
{
    private const int QwenPicture = 151655;

    /// <summary>
    /// The copies' ranges. InternVL and the Qwen copies agree with the engine's segments for one picture; what they make of several (the first alone, what lies
    /// between, a shifted run) is a fact about them and has no counterpart in the engine.
    /// </summary>
    public static void Range(JsonElement row, JsonElement ids)
    {
        int[] tokens = [.. ids.EnumerateArray().Select(id => id.GetInt32())];
        int visual = row.TryGetProperty("context_id", out var context) ? context.GetInt32() : QwenPicture;
        int first = Array.IndexOf(tokens, visual), last = Array.LastIndexOf(tokens, visual);
        int end = row.GetProperty("copy").GetString() switch
        {
            "internvl" => Array.IndexOf(tokens, row.GetProperty("end_id").GetInt32(), Math.Max(0, first)) is >= 0 and var tag ? tag : last + 1,
            "qwen3" when first >= 0 => first + row.GetProperty("grid_thw").EnumerateArray().Sum(grid => grid.EnumerateArray().Aggregate(1, (product, side) => product * side.GetInt32()) / 4),
            _ => last + 1,
        };
        var wanted = row.GetProperty("range");
        Compare.Text("range", wanted.ValueKind == JsonValueKind.Null ? "none" : $"{wanted[0]} {wanted[1]}", first < 0 ? "none" : $"{first} {end}");
    }

    /// <summary>How many visual tokens LLaVA-1.5 and 1.6 make of a picture, by the geometry that the models use.</summary>
    public static void Count(GoldenCase golden, JsonElement row)
    {
        int side = golden.Options.GetProperty("patches_per_side").GetInt32(), tile = golden.Options.GetProperty("image_size").GetInt32(), patches = side * side;
        int tiles = row.TryGetProperty("tiles", out var given) ? given.GetInt32() : 1;
        string merge = row.TryGetProperty("merge_type", out var type) ? type.GetString() ?? "" : "";
        bool unpads = merge.Contains("unpad", StringComparison.Ordinal);
        int count = tiles == 1 ? patches + (unpads ? 1 : 0) : patches * tiles;
        if (tiles > 1 && unpads)
        {
            var picture = new ImageSize(row.GetProperty("image_size")[1].GetInt32(), row.GetProperty("image_size")[0].GetInt32());
            var canvas = ImageGeometry.BestResolution(picture, [.. row.GetProperty("grid_pinpoints").EnumerateArray().Select(pair => new ImageSize(pair[1].GetInt32(), pair[0].GetInt32()))]);
            Compare.Text("grid", $"{row.GetProperty("grid")[0]} {row.GetProperty("grid")[1]}", $"{canvas.Width / tile} {canvas.Height / tile}");
            var (_, rows, _, columns) = CanvasGrid.Unpad(picture, side * canvas.Height / tile, side * canvas.Width / tile, round: false);
            count = patches + (rows * (columns + 1));
        }

        Compare.Exact("count", row.GetProperty("count").GetInt32(), count);
    }

    /// <summary><c>priortr-args.json</c>: every field, argument and default of every copy is known here, and those without effect are known as such.</summary>
    public static void Arguments(GoldenCase golden)
    {
        foreach (var entry in golden.Root.GetProperty("copies").EnumerateObject())
        {
            var copy = PriorTrCopy.Find(entry.Name);
            var defaults = copy.Defaults();
            foreach (var field in entry.Value.GetProperty("config").EnumerateArray())
            {
                string name = field.GetProperty("name").GetString() ?? "";
                if (!defaults.Remove(name, out var known))
                {
                    throw new GoldenMismatchException($"{entry.Name} has no field {name}");
                }

                Compare.Text($"{entry.Name}.{name}", JsonNode.Parse(field.GetProperty("default").GetRawText())?.ToJsonString() ?? "null", known?.ToJsonString() ?? "null");
            }

            Compare.Text($"fields of {entry.Name} beside these", "", string.Join(" ", defaults.Select(field => field.Key)));
            Compare.Text("registered", Sorted(golden.Root.GetProperty("registered").GetProperty(entry.Name).EnumerateArray().Select(name => name.GetString() ?? "")), Sorted(copy.Strategies));
            var arguments = entry.Value.TryGetProperty("flags", out var flags) ? flags.EnumerateArray() : entry.Value.GetProperty("model_args").GetProperty("arguments").EnumerateArray();
            foreach (var argument in arguments)
            {
                string name = (argument.GetProperty("name").GetString() ?? "").TrimStart('-');
                var field = argument.GetProperty("config_field");
                bool known = field.ValueKind == JsonValueKind.Null
                    ? copy.LoaderArguments.Contains(name)
                    : copy.Defaults().ContainsKey(field.GetString() ?? "") && (copy.ArgumentFields.Count == 0 || copy.ArgumentFields.Contains(field.GetString()));
                Compare.Exact($"{entry.Name} knows {name}", true, known);
            }
        }

        PriorTrRunnerCheck.Run(golden.Root.GetProperty("runner"));
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(" ", names.Order(StringComparer.Ordinal));
}
