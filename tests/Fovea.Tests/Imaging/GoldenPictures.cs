namespace Fovea.Tests.Imaging;

/// <summary>The picture files of the golden cases that are decoded without an external program.</summary>
internal static class GoldenPictures
{
    public static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Repository.Path($"tests/golden/image/{folder}"))
        .Where(path => !path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".webp", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public static byte[] Read(string name) => File.ReadAllBytes(Repository.Path($"tests/golden/image/{name}"));
}
