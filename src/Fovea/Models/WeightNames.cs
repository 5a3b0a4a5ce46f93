using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>Stored names to canonical ones. The same model is stored under several prefixes, as library versions came and went; decided name by name.</summary>
internal static class WeightNames
{
    /// <summary>All tensors under canonical names; names of no known form stay as they are and are reported as superfluous.</summary>
    /// <param name="weights">The stored tensors.</param>
    /// <param name="rules">The first that fits a name rules.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    private static Dictionary<string, Tensor> Canonical(SafetensorsReader weights, IReadOnlyList<NameRule> rules)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in weights.Names)
        {
            if (!tensors.TryAdd(rules.FirstOrDefault(rule => rule.Fits(name))?.ToCanonical(name) ?? name, weights[name]))
            {
                throw new InvalidDataException($"{weights.Path}: weight {name} is there twice under different names.");
            }
        }

        return tensors;
    }

    /// <summary>Hands out the tensors under canonical names and calls them by their stored ones, those that are missing as their like are stored.</summary>
    /// <param name="weights">The stored tensors.</param>
    /// <param name="rules">As in <see cref="Canonical"/>.</param>
    /// <param name="ignored">Canonical names that no model uses.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(SafetensorsReader weights, IReadOnlyList<NameRule> rules, Func<string, bool> ignored)
    {
        var reader = new WeightReader(weights.Path, Canonical(weights, rules), name => rules
            .FirstOrDefault(rule => name.StartsWith(rule.Canonical, StringComparison.Ordinal) && weights.Names.Any(rule.Fits))?.ToStored(name, weights.Names) ?? name);
        reader.Ignore(ignored);
        return reader;
    }
}
