using System.Text.Json;
using Fovea.Imaging;
using Fovea.Tensors.Serialization;

namespace Fovea.Golden;

public static partial class ImageSuite
{
    private static void CheckVideo(string path, JsonElement item)
    {
        using var tensors = SafetensorsReader.Open(Path.ChangeExtension(path, ".safetensors"));
        var stored = tensors["in.frames"];
        Image[] frames = [.. item.GetProperty("frames").EnumerateArray().Select(index => new Image(stored.Shape[2], stored.Shape[1], stored.Row<byte>(index.GetInt32()).ToArray()))];
        using var config = WithType(item);
        using var processed = VideoProcessor.Parse(config.RootElement).Process(frames);
        int[] wanted = [.. item.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];

        // Frames have the axis of the batch before them; patches have none.
        int[] actual = processed.Grid is null ? [1, .. processed.Pixels.Shape.ToArray()] : processed.Pixels.Shape.ToArray();
        Compare.Text("shape", string.Join(" x ", wanted), string.Join(" x ", actual));
        if (item.TryGetProperty("video_grid_thw", out var grid))
        {
            Compare.Text("video_grid_thw", Json(grid.EnumerateArray()), $"[[{processed.Grid?.Frames},{processed.Grid?.Rows},{processed.Grid?.Columns}]]");
        }

        CheckValues(item, processed.Pixels.AsSpan<float>().ToArray());
        CheckLevels(tensors, item, levels => VideoProcessor.Parse(levels).Process(frames).Pixels.AsSpan<float>().ToArray());
    }

    /// <summary>The configuration of a case with the class that was run as its type.</summary>
    private static JsonDocument WithType(JsonElement item, bool levels = false)
    {
        var keys = item.GetProperty("config").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetRawText());
        keys["video_processor_type"] = item.GetProperty("processor").GetRawText();
        if (levels)
        {
            keys["do_rescale"] = keys["do_normalize"] = "false";
        }

        return JsonDocument.Parse($"{{{string.Join(',', keys.Select(key => $"\"{key.Key}\":{key.Value}"))}}}");
    }

    /// <summary>Where a case stores the 8-bit samples, compares them without rescaling and normalising: it tells a wrong resize from a wrong number.</summary>
    private static void CheckLevels(SafetensorsReader tensors, JsonElement item, Func<JsonElement, float[]> process)
    {
        if (tensors.TryGet($"out.{item.GetProperty("name").GetString()}.u8", out var levels))
        {
            using var config = WithType(item, levels: true);
            CheckSamples("u8", levels, [.. process(config.RootElement).Select(value => (byte)value)]);
        }
    }
}
