namespace Fovea.Golden;

/// <summary>Runs <c>training/</c>; the folder of a case says what it is.</summary>
public static class TrainingSuite
{
    private static readonly Dictionary<string, Action<GoldenCase>> ByFolder = new(StringComparer.Ordinal)
    {
        ["ops"] = OperationCase.Run,
        ["quecc-module"] = QueccModuleCase.Run,
        ["quecc-text"] = QueccTextCase.Run,
        ["scaling-law"] = ScalingLawCase.Run,
    };

    /// <summary>All cases below <paramref name="root"/>.</summary>
    public static IEnumerable<GoldenTest> Cases(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(root, "training")))
        {
            string name = Path.GetFileName(folder);
            foreach (string path in Directory.EnumerateFiles(folder, "*.json"))
            {
                yield return new GoldenTest(Path.GetRelativePath(root, path), () =>
                {
                    using var golden = new GoldenCase(path);
                    (ByFolder.GetValueOrDefault(name) ?? throw new NotBuiltException($"training/{name}"))(golden);
                });
            }
        }
    }
}
