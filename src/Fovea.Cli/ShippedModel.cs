namespace Fovea.Cli;

/// <summary>The small trained model that ships with the project.</summary>
internal static class ShippedModel
{
    private static readonly string Place = Path.Combine("models", "foveola", "model");

    /// <summary>Its folder, looked for beside and above the program and above the current folder.</summary>
    /// <exception cref="DirectoryNotFoundException">It is in none of these places.</exception>
    public static string Find() => Above(Environment.CurrentDirectory).Concat(Above(AppContext.BaseDirectory)).FirstOrDefault(Directory.Exists)
        ?? throw new DirectoryNotFoundException($"The shipped model {Place} is neither above the current folder nor above the program; name a model with --model.");

    private static IEnumerable<string> Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, Place);
        }
    }
}
