using System.Text.Json;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Models.Qwen;

namespace Fovea.Golden;

/// <summary>What a case of the Qwen and InternVL models says beside its expectations: sizes, tiles, the text with its special tokens, normalised pixels.</summary>
/// <param name="golden">The case.</param>
/// <param name="model">The model.</param>
/// <param name="items">Pictures and videos in the order of the prompt.</param>
/// <param name="result">The answer.</param>
internal sealed class QwenInternVlDescription(GoldenCase golden, MultimodalModel model, IReadOnlyList<VisualItem> items, GenerationResult result)
{
    /// <summary>Checks all that is there.</summary>
    public void CheckAll()
    {
        if (golden.Root.TryGetProperty("text_with_special", out var text))
        {
            Compare.Text("text_with_special", text.GetString() ?? "", model.Tokenizer.Decode([.. result.Tokens], skipSpecialTokens: false));
        }

        if (golden.Root.TryGetProperty("tiles", out var tiles))
        {
            CheckTiles(tiles);
        }

        if (items.Count == 0)
        {
            return;
        }

        using var input = model.Prepare(items);
        if (golden.Root.TryGetProperty("resized", out var sizes))
        {
            int patch = PatchSide();
            Compare.Exact(
                "resized", Joined(sizes.EnumerateArray().SelectMany(size => size.EnumerateArray().Select(side => side.GetInt32()))),
                Joined(((QwenInput)input).Grids.SelectMany(grid => new[] { grid.Rows * patch, grid.Columns * patch })));
        }

        if (golden.HasInput("pixel_values"))
        {
            Compare.Numbers("pixel_values", golden.Input("pixel_values").AsSpan<float>(), input.Pixels.AsSpan<float>(), 1e-5, 1e-5);
        }
    }

    /// <summary>The frames of a video have an entry each in the original layout, and none in the other.</summary>
    private void CheckTiles(JsonElement tiles)
    {
        bool original = golden.Root.TryGetProperty("question", out _);
        var cut = result.Report.Geometry.Grids.GroupBy(grid => (grid.Image, grid.Frame)).Where(group => original || !items[group.Key.Image].IsVideo);
        Compare.Exact(
            "tiles", Joined(tiles.EnumerateArray().SelectMany(entry => new[] { "columns", "rows", "tiles" }.Select(key => entry.GetProperty(key).GetInt32()))),
            Joined(cut.SelectMany(group => new[] { Parts(group.First().Area.Width), Parts(group.First().Area.Height), group.Count() })));
    }

    private int PatchSide()
    {
        string file = Path.Combine(QwenInternVlExpectations.Checkpoint(golden), "preprocessor_config.json");
        using var config = JsonDocument.Parse(File.ReadAllBytes(file));
        return config.RootElement.GetProperty("patch_size").GetInt32();
    }

    private static int Parts(double share) => (int)Math.Round(1 / share);

    private static string Joined(IEnumerable<int> numbers) => string.Join(' ', numbers);
}
