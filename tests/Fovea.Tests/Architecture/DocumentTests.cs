using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Fovea.Tests.Architecture;

public sealed partial class DocumentTests
{
    [Fact]
    public void Packages_AreEachExplained()
    {
        string explained = File.ReadAllText(Repository.Path("docs/dependencies.md"));
        var missing = XDocument.Load(Repository.Path("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")?.Value ?? "").Where(name => !explained.Contains($"`{name}`", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void Changelog_HasAnEntryForThisVersion()
    {
        string version = XDocument.Load(Repository.Path("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
        Assert.Contains($"## [{version}]", File.ReadAllText(Repository.Path("CHANGELOG.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Architecture_NamesEveryFolder()
    {
        string text = File.ReadAllText(Repository.Path("docs/architecture.md"));
        var folders = SourceTree.Files("src", "*.cs").Select(path => path.Split('/')).Where(parts => parts.Length > 3 && parts[1] != "Fovea.Cli")
            .Select(parts => $"`{parts[2]}/`").Distinct(StringComparer.Ordinal);
        Assert.All(folders, folder => Assert.Contains(folder, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_InDocuments_LeadSomewhere()
    {
        var broken = from path in SourceTree.Texts()
                     where path.EndsWith(".md", StringComparison.Ordinal)
                     from link in Link().Matches(File.ReadAllText(Repository.Path(path))).Select(match => match.Groups[1].Value)
                     where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#')
                     let target = Path.Combine(Path.GetDirectoryName(path) ?? "", link.Split('#')[0])
                     where !Path.Exists(Repository.Path(target))
                     select $"{path} -> {link}";
        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
