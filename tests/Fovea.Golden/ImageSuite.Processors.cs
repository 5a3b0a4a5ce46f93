using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Fovea.Imaging;
using Fovea.Tensors.Serialization;

namespace Fovea.Golden;

public static partial class ImageSuite
{
    private static void CheckProcessor(string root, string path, JsonElement item, bool ownsTensors)
    {
        string name = item.GetProperty("processor").GetString() ?? "";

        // The case names the class that was run, so the rule by which transformers chooses between two classes plays no part.
        var variant = name.EndsWith("Fast", StringComparison.Ordinal) ? ProcessorVariant.Fast : ProcessorVariant.Slow;
        var pictures = Prompts(item.GetProperty("images")).Select(files => files.Select(file => OpenPicture(root, file)).ToArray()).ToArray();
        var prompts = Process(item.GetProperty("config"), variant, pictures);
        CheckSideOutputs(item, prompts);
        CheckValues(item, Stack(item.GetProperty("shape"), prompts));
        if (ownsTensors)
        {
            using var tensors = SafetensorsReader.Open(Path.ChangeExtension(path, ".safetensors"));
            CheckLevels(tensors, item, config => Stack(item.GetProperty("shape"), Process(config, variant, pictures)));
        }
    }

    private static ProcessedImages[] Process(JsonElement config, ProcessorVariant variant, Image[][] pictures)
    {
        var processor = ImageProcessor.Parse(config, variant: variant);
        return [.. pictures.Select(prompt => processor.Process(prompt))];
    }

    private static Image OpenPicture(string root, string file) =>
        Image.Load(Path.Combine(root, "image", "pictures", file), new ImageLoadOptions { ApplyOrientation = false });

    /// <summary>A list of files is one prompt each; a nested list is one prompt with all its files.</summary>
    private static IEnumerable<string[]> Prompts(JsonElement images)
    {
        foreach (var entry in images.EnumerateArray())
        {
            yield return entry.ValueKind == JsonValueKind.Array
                ? [.. entry.EnumerateArray().Select(file => file.GetString() ?? "")]
                : [entry.GetString() ?? ""];
        }
    }

    /// <summary>Puts the pictures of all prompts into one tensor. One more axis than tiles have is the reference's: pictures are padded to the most tiles of any.</summary>
    private static float[] Stack(JsonElement shape, ProcessedImages[] prompts)
    {
        int[] wanted = [.. shape.EnumerateArray().Select(extent => extent.GetInt32())];
        bool padded = wanted.Length == 5;
        int most = prompts.Max(prompt => prompt.Images.Max(image => image.TileCount));
        var values = new List<float>();
        var extents = prompts[0].Pixels.Shape.ToArray();
        int rows = 0;
        foreach (var prompt in prompts)
        {
            foreach (var image in prompt.Images)
            {
                values.AddRange(prompt.Pixels.Slice(image.FirstTile, image.TileCount).AsSpan<float>());
                rows += padded ? 1 : image.TileCount;
                int missing = padded ? most - image.TileCount : 0;
                values.AddRange(new float[missing * prompt.Pixels.RowLength]);
            }
        }

        int[] actual = padded ? [rows, most, .. extents[1..]] : [rows, .. extents[1..]];
        Compare.Text("shape", string.Join(" x ", wanted), string.Join(" x ", actual));
        return [.. values];
    }

    private static void CheckSideOutputs(JsonElement item, ProcessedImages[] prompts)
    {
        var images = prompts.SelectMany(prompt => prompt.Images).ToArray();
        foreach (var property in item.EnumerateObject())
        {
            string? actual = property.Name switch
            {
                "image_sizes" => Json(images.Select(image => $"[{image.OriginalSize.Height},{image.OriginalSize.Width}]")),
                "batch_num_images" => Json(prompts.Select(prompt => $"{prompt.Images.Count}")),
                "num_patches" => Json(images.Select(image => $"{image.TileCount}")),
                "image_grid_thw" => Json(images.Select(image => $"[{image.Grid?.Frames},{image.Grid?.Rows},{image.Grid?.Columns}]")),
                "name" or "images" or "processor" or "config" or "shape" or "sha256_f32" or "values" or "u8" or "what" => null,
                _ => throw new GoldenMismatchException($"{property.Name} is not understood"),
            };
            if (actual is not null)
            {
                Compare.Text(property.Name, property.Value.GetRawText().Replace(" ", "", StringComparison.Ordinal), actual);
            }
        }
    }

    private static string Json(IEnumerable<string> values) => $"[{string.Join(',', values)}]";

    private static void CheckValues(JsonElement item, float[] values)
    {
        int stride = item.GetProperty("values").GetProperty("stride").GetInt32();
        int index = 0;
        foreach (var wanted in item.GetProperty("values").GetProperty("v").EnumerateArray())
        {
            Compare.Exact($"values[{index}]", (float)wanted.GetDouble(), values[index]);
            index += stride;
        }

        Compare.Text("sha256_f32", item.GetProperty("sha256_f32").GetString() ?? "", Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan()))));
    }
}
