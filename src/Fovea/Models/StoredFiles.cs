using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>The weights of one folder, for a model whose parts may lie in several.</summary>
/// <param name="Folder">The folder, whose config says how the weights are stored.</param>
/// <param name="Weights">The stored tensors.</param>
/// <param name="Rules">How their names become canonical: the first that fits a name.</param>
internal sealed record StoredFiles(CheckpointFolder Folder, CheckpointReader Weights, IReadOnlyList<NameRule> Rules)
{
    /// <summary>The canonical name of a stored one; names of no known form stay as they are.</summary>
    public string Canonical(string stored) => Rules.FirstOrDefault(rule => rule.Fits(stored))?.ToCanonical(stored) ?? stored;

    /// <summary>What a canonical name is called as its like are stored in this file, or none if nothing here is of its kind.</summary>
    public string? Stored(string canonical) =>
        Rules.FirstOrDefault(rule => canonical.StartsWith(rule.Canonical, StringComparison.Ordinal) && Weights.Names.Any(rule.Fits))?.ToStored(canonical, Weights.Names);

    /// <summary>A stored name as it is, and as other releases spell it.</summary>
    public IEnumerable<string> Spellings(string stored)
    {
        string canonical = Canonical(stored);
        return Rules
            .Where(rule => canonical.StartsWith(rule.Canonical, StringComparison.Ordinal))
            .Select(rule => rule.ToStored(canonical, Weights.Names))
            .Prepend(stored)
            .Distinct(StringComparer.Ordinal);
    }
}
