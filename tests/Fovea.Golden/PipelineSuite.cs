namespace Fovea.Golden;

/// <summary><c>pipeline/CHECKPOINT/CASE.json</c>: a whole model with reduction, from pictures to tokens. The file's prefix says which reader understands it.</summary>
public static class PipelineSuite
{
    private static readonly (string Prefix, Action<string, string> Run)[] Readers =
    [
        ("pact-", PactPipeline.Run),
        ("priortr-", PriorTrPipeline.Run),
    ];

    /// <summary>All cases below <paramref name="root"/>.</summary>
    public static IEnumerable<GoldenTest> Cases(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "pipeline"), "*.json", SearchOption.AllDirectories)
            .Select(path => new GoldenTest(Path.GetRelativePath(root, path), () => Run(root, path)));

    private static void Run(string root, string path)
    {
        string name = Path.GetFileName(path);
        var run = Readers.FirstOrDefault(reader => name.StartsWith(reader.Prefix, StringComparison.Ordinal)).Run ?? throw new NotBuiltException(name);
        run(root, path);
    }
}
