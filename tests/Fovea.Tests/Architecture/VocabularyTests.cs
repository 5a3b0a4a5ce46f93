using System.Text.RegularExpressions;

namespace Fovea.Tests.Architecture;

/// <summary>One word for one idea, as docs/glossary.md fixes them.</summary>
public sealed partial class VocabularyTests
{
    /// <summary>Words that mean something for which the glossary has another word.</summary>
    private static readonly Dictionary<string, string> Banned = new(StringComparer.Ordinal)
    {
        ["Connector"] = "Projector",
        ["Tower"] = "VisionEncoder",
        ["Pruner"] = "Reducer",
        ["Compressor"] = "Projector or Reducer",
        ["Dropped"] = "Kept: amounts are always of what stays",
    };

    /// <summary>Words that mislead about budgets: where tokens are counted, amounts are of what is kept.</summary>
    private static readonly string[] BannedForAmounts = ["Rate", "Ratio"];

    private static readonly string[] WhereTokensAreCounted = ["Fovea", "Fovea.Reduction", "Fovea.Generation", "Fovea.Evaluation"];

    /// <summary>Names with a banned word that are right all the same.</summary>
    private static readonly Dictionary<string, string> Excused = new(StringComparer.Ordinal)
    {
        ["RatioRounding"] = "how KeepRatio is rounded",
        ["VisionTower"] = "an argument of LLaVA's training script",
        ["VisPruner"] = "the name under which the method is published",
        ["VisPrunerRules"] = "whose rules of that method",
    };

    [Fact]
    public void PublicNames_UseTheWordsOfTheGlossary()
    {
        var offenders = from library in ProductAssemblies.Libraries
                        from name in Names(library)
                        from word in Words().Matches(name.Simple).Select(match => match.Value)
                        let better = Banned.GetValueOrDefault(word) ?? (Misleads(word, name) ? "Keep..., as a TokenBudget" : null)
                        where better is not null && !Excused.ContainsKey(name.Simple)
                        select $"{name.Full}: instead of {word} say {better}";
        Assert.Empty(offenders.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Glossary_ExplainsTheMainWords()
    {
        string glossary = File.ReadAllText(Repository.Path("docs/glossary.md"));
        string[] words = ["vision encoder", "projector", "language model", "visual token", "image token", "prefill", "decode", "keep", "stage", "signal", "token map", "plan", "budget"];
        Assert.All(words, word => Assert.Contains($"**{word}**", glossary, StringComparison.Ordinal));
    }

    private static bool Misleads(string word, (string Simple, string Full, string Space) name) =>
        BannedForAmounts.Contains(word) && WhereTokensAreCounted.Contains(name.Space) && !name.Simple.Contains("Keep", StringComparison.Ordinal);

    /// <summary>Public names; options of methods are left out, because they carry the names that the papers gave them.</summary>
    private static List<(string Simple, string Full, string Space)> Names(string library)
    {
        using var assembly = ProductAssemblies.Read(library);
        return [.. PublicSurface.Types(assembly.MainModule)
            .Where(type => !(type.Namespace == "Fovea.Reduction.Methods" && type.Name.EndsWith("Options", StringComparison.Ordinal)))
            .SelectMany(type => PublicSurface.Members(type).Select(member => (member.Name, $"{type.FullName}.{member.Name}", type.Namespace)).Append((type.Name, type.FullName, type.Namespace)))];
    }

    [GeneratedRegex("[A-Z][a-z]+")]
    private static partial Regex Words();
}
