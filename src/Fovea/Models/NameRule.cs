namespace Fovea.Models;

/// <summary>How the stored names under one prefix become canonical.</summary>
/// <param name="Stored">The stored prefix.</param>
/// <param name="Canonical">What stands for it.</param>
/// <param name="Parts">Parts of the dotted rest, and what stands for them, one after the other.</param>
internal sealed record NameRule(string Stored, string Canonical, IReadOnlyList<(string Stored, string Canonical)> Parts)
{
    /// <summary>A prefix alone.</summary>
    public static implicit operator NameRule((string Stored, string Canonical) prefix) => new(prefix.Stored, prefix.Canonical, []);

    /// <summary>Whether the rule is for a stored name.</summary>
    public bool Fits(string stored) => stored.StartsWith(Stored, StringComparison.Ordinal);

    /// <summary>A stored name that the rule is for, made canonical.</summary>
    public string ToCanonical(string stored) =>
        Canonical + Parts.Aggregate($".{stored[Stored.Length..]}.", (name, part) => name.Replace($".{part.Stored}.", $".{part.Canonical}.", StringComparison.Ordinal))[1..^1];

    /// <summary>The way back, by the parts that a checkpoint with these names makes use of.</summary>
    public string ToStored(string canonical, IEnumerable<string> names)
    {
        var used = Parts.Where(part => names.Any(name => Fits(name) && $".{name}.".Contains($".{part.Stored}.", StringComparison.Ordinal)));
        return Stored + used.Reverse().Aggregate(
            $".{canonical[Canonical.Length..]}.", (name, part) => name.Replace($".{part.Canonical}.", $".{part.Stored}.", StringComparison.Ordinal))[1..^1];
    }
}
