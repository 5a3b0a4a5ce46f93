namespace Fovea.Golden;

/// <summary>Which code runs the cases of which folder. A folder without an entry is counted as not built.</summary>
public static class GoldenSuites
{
    private static readonly Dictionary<string, Func<string, IEnumerable<GoldenTest>>> ByArea = new(StringComparer.Ordinal)
    {
        ["format"] = FormatSuite.Cases,
        ["image"] = ImageSuite.Under,
        ["model"] = ModelSuite.Cases,
        ["pipeline"] = PipelineSuite.Cases,
        ["reduction"] = ReductionSuite.Cases,
        ["tokenizer"] = TokenizerSuite.Tests,
        ["training"] = TrainingSuite.Cases,
    };

    /// <summary>All cases below <paramref name="root"/>, in ordinal order of their ids.</summary>
    /// <param name="root">A folder with the layout of <c>tests/golden</c>.</param>
    public static IEnumerable<GoldenTest> Under(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            string area = Path.GetFileName(folder);
            if (area == "checkpoints")
            {
                continue;
            }

            var tests = ByArea.TryGetValue(area, out var enumerate) ? enumerate(root) : NotBuilt(root, folder, area);
            foreach (var test in tests.OrderBy(t => t.Id, StringComparer.Ordinal))
            {
                yield return test;
            }
        }
    }

    private static IEnumerable<GoldenTest> NotBuilt(string root, string folder, string area) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(path => new GoldenTest(Path.GetRelativePath(root, path), () => throw new NotBuiltException(area)));
}
