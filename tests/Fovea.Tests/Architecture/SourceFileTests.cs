using System.Text.RegularExpressions;

namespace Fovea.Tests.Architecture;

public sealed partial class SourceFileTests
{
    private const int MostLines = 400;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("benchmarks")]
    public void Namespaces_OfSourceFiles_AreTheirFolders(string root)
    {
        var astray = SourceTree.Files(root, "*.cs")
            .Select(path => (Path: path, Declared: Namespace().Match(File.ReadAllText(Repository.Path(path))).Groups[1].Value))
            .Where(file => file.Declared.Length > 0 && file.Declared != Expected(file.Path))
            .Select(file => $"{file.Path} declares {file.Declared}");
        Assert.Empty(astray);
    }

    [Fact]
    public void ProductFiles_AreShort()
    {
        var tooLong = SourceTree.Files("src", "*.cs").Select(path => (Path: path, Lines: File.ReadLines(Repository.Path(path)).Count()))
            .Where(file => file.Lines > MostLines).Select(file => $"{file.Path} has {file.Lines} lines; split it by what changes together.");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void ProductFiles_AreNamedAfterWhatTheyHold()
    {
        string[] vague = ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Manager", "Misc"];
        var offenders = SourceTree.Files("src", "*.cs").Where(path => vague.Any(word => path.Split('/', '.').Any(part => part.EndsWith(word, StringComparison.Ordinal))));
        Assert.Empty(offenders);
    }

    [Fact]
    public void UnsafeCode_IsAllowedInOneProject()
    {
        var allowing = SourceTree.Files(".", "*.csproj").Concat(SourceTree.Files(".", "*.props"))
            .Where(path => File.ReadAllText(Repository.Path(path)).Contains("AllowUnsafeBlocks", StringComparison.Ordinal));
        Assert.Equal(["src/Fovea.Tensors/Fovea.Tensors.csproj"], allowing);
    }

    [Fact]
    public void Texts_NameNoPlaceOnAMachine()
    {
        // Written so that this file does not find itself.
        string[] places = [.. new[] { "home", "root", "work", "tmp", "Users" }.Select(folder => $"/{folder}/")];
        var offenders = from path in SourceTree.Texts()
                        from line in File.ReadLines(Repository.Path(path)).Select((text, index) => (Text: text, Number: index + 1))
                        where places.Any(place => line.Text.Contains(place, StringComparison.Ordinal))
                        select $"{path}:{line.Number}: {line.Text.Trim()}";
        Assert.Empty(offenders);
    }

    [GeneratedRegex(@"^namespace ([\w.]+)\s*[;{]?", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    /// <summary>src/Fovea/Nn/Linear.cs belongs to Fovea.Nn.</summary>
    private static string Expected(string path) => string.Join('.', path.Split('/')[1..^1]);
}
