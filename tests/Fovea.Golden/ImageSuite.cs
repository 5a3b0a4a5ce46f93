using System.Text.Json;

namespace Fovea.Golden;

/// <summary>The cases below <c>image/</c>: files, resizing, processors, and tables of sizes and frames.</summary>
public static partial class ImageSuite
{
    /// <summary>All cases below <paramref name="root"/>; each is one entry of a file that holds many.</summary>
    public static IEnumerable<GoldenTest> Under(string root)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "image"), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(root, path).Replace('\\', '/');
            var document = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
            foreach (var test in CasesOf(root, relative, path, document))
            {
                yield return test;
            }
        }
    }

    private static IEnumerable<GoldenTest> CasesOf(string root, string relative, string path, JsonElement document)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(path)) ?? "";
        if (document.TryGetProperty("cases", out var cases))
        {
            int index = 0;
            foreach (var item in cases.EnumerateArray())
            {
                string name = item.TryGetProperty("file", out var file) ? file.GetString() ?? "" : $"{index}:{item.GetProperty("name").GetString()}";
                yield return new GoldenTest($"{relative}#{name}", () => Run(root, path, folder, item));
                index++;
            }
        }
        else
        {
            yield return new GoldenTest(relative, () => throw new NotBuiltException(relative));
        }
    }

    private static void Run(string root, string path, string folder, JsonElement item)
    {
        if (item.TryGetProperty("file", out _))
        {
            CheckFile(Path.GetDirectoryName(path) ?? "", item);
        }
        else if (item.TryGetProperty("images", out _))
        {
            CheckProcessor(root, path, item);
        }
        else
        {
            throw new NotBuiltException(folder);
        }
    }
}
