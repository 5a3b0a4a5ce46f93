using System.Text.Json;
using Fovea.Imaging;

namespace Fovea.Golden;

/// <summary>The cases below <c>image/</c>: files, resizing, processors, and tables of sizes and frames.</summary>
public static partial class ImageSuite
{
    /// <summary>All cases below <paramref name="root"/>; a file that holds many gives one test each, with its place in the file because names repeat.</summary>
    public static IEnumerable<GoldenTest> Under(string root)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "image"), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
            var document = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
            if (!document.TryGetProperty("cases", out var cases))
            {
                yield return new GoldenTest(relative, () => CheckDocument(path, document));
                continue;
            }

            int index = 0;
            string[] names = [.. cases.EnumerateArray().Select(NameOf)];
            foreach (var item in cases.EnumerateArray())
            {
                // Tensors are stored by name, so of two cases with one name they belong to the last.
                bool ownsTensors = Array.LastIndexOf(names, names[index]) == index;
                yield return new GoldenTest($"{relative}#{index}-{names[index]}", () => CheckCase(root, path, item, ownsTensors));
                index++;
            }
        }
    }

    private static string NameOf(JsonElement item) => (item.TryGetProperty("file", out var file) ? file : item.GetProperty("name")).GetString() ?? "";

    /// <summary>What a case holds tells what it is.</summary>
    private static void CheckCase(string root, string path, JsonElement item, bool ownsTensors)
    {
        if (item.TryGetProperty("file", out _))
        {
            CheckFile(Path.GetDirectoryName(path) ?? "", item);
        }
        else if (item.TryGetProperty("images", out _))
        {
            CheckProcessor(root, path, item, ownsTensors);
        }
        else if (item.TryGetProperty("frames", out _))
        {
            CheckVideo(path, item);
        }
        else if (item.TryGetProperty("rows", out _))
        {
            CheckGeometry(item);
        }
        else
        {
            CheckResize(path, item);
        }
    }

    private static void CheckDocument(string path, JsonElement document)
    {
        if (document.TryGetProperty("rows", out _))
        {
            CheckTable(document.GetProperty("name").GetString() ?? "", document);
        }
        else
        {
            CheckInterpolation(path);
        }
    }

    /// <summary>Tables <c>in.table.N</c> of positions and what they are resized to, <c>out.table.N</c>.</summary>
    private static void CheckInterpolation(string path)
    {
        using var golden = new GoldenCase(path);
        foreach (var expected in golden.Expected)
        {
            var from = golden.Input(expected.Name);
            var to = golden.Output(expected.Name).Shape;
            golden.Check(expected.Name, BicubicInterpolation.Resize(from.AsSpan<float>(), new ImageSize(from.Shape[0], from.Shape[1]), from.Shape[2], new ImageSize(to[0], to[1])));
        }
    }
}
