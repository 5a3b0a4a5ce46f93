namespace Fovea.Tests.Architecture;

/// <summary>The files of the source tree, without what is built.</summary>
internal static class SourceTree
{
    private static readonly string[] Built = ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts", "aggregated_metrics"];
    private static readonly string[] Binary = [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".ppm", ".safetensors", ".parquet", ".model", ".bin", ".gguf", ".mp4", ".npy"];

    /// <summary>Relative paths with forward slashes of all files below a folder that are kept in the repository.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*") => Walk(new DirectoryInfo(Repository.Path(folder)), pattern)
        .Select(file => Path.GetRelativePath(Repository.Root, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>Those that are text, without the data of tests and models.</summary>
    public static IEnumerable<string> Texts() => Files(".").Where(path =>
        !path.StartsWith("tests/golden/", StringComparison.Ordinal) && !path.StartsWith("models/", StringComparison.Ordinal)
        && !Binary.Contains(Path.GetExtension(path).ToLowerInvariant()));

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder, string pattern) =>
        folder.Exists ? folder.EnumerateFiles(pattern).Where(file => !Built.Contains(file.Name)).Concat(folder.EnumerateDirectories().Where(inner => !Built.Contains(inner.Name)).SelectMany(inner => Walk(inner, pattern))) : [];
}
