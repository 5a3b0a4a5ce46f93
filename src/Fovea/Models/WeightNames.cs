using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>Stored names to canonical ones. The same model is stored under several prefixes, as library versions came and went; decided name by name.</summary>
internal static class WeightNames
{
    /// <summary>
    /// All tensors under canonical names, those of the first files before those of the others; names of no known form stay as they are and are reported as
    /// superfluous.
    /// </summary>
    /// <param name="files">The stored tensors, and for each file its rules: the first that fits a name.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static Dictionary<string, (string Stored, Tensor Tensor)> Canonical(IReadOnlyList<(CheckpointReader Weights, IReadOnlyList<NameRule> Rules)> files)
    {
        var tensors = new Dictionary<string, (string, Tensor)>(StringComparer.Ordinal);
        foreach (var (weights, rules) in files)
        {
            foreach (string name in weights.Names)
            {
                if (!tensors.TryAdd(rules.FirstOrDefault(rule => rule.Fits(name))?.ToCanonical(name) ?? name, (name, weights[name])))
                {
                    throw new InvalidDataException($"{weights.Path}: weight {name} is there twice under different names.");
                }
            }
        }

        return tensors;
    }

    /// <summary>Hands out the tensors under canonical names and calls them by their stored ones, those that are missing as their like are stored.</summary>
    /// <param name="weights">The stored tensors.</param>
    /// <param name="rules">As in <see cref="Canonical"/>.</param>
    /// <param name="ignored">Canonical names that no model uses.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointReader weights, IReadOnlyList<NameRule> rules, Func<string, bool> ignored) => Open([(weights, rules)], ignored);

    /// <summary>As for one file, for a model whose parts lie in several.</summary>
    /// <param name="files">The stored tensors of each, with its rules.</param>
    /// <param name="ignored">Canonical names that no model uses.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(IReadOnlyList<(CheckpointReader Weights, IReadOnlyList<NameRule> Rules)> files, Func<string, bool> ignored)
    {
        var tensors = Canonical(files);
        var reader = new WeightReader(string.Join(" with ", files.Select(file => file.Weights.Path)), tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Tensor), StoredName);
        reader.Ignore(ignored);
        return reader;

        string StoredName(string name) => tensors.TryGetValue(name, out var there) ? there.Stored : Guess(name);

        string Guess(string name) => files
            .Select(file => file.Rules.FirstOrDefault(rule => name.StartsWith(rule.Canonical, StringComparison.Ordinal) && file.Weights.Names.Any(rule.Fits))?.ToStored(name, file.Weights.Names))
            .FirstOrDefault(stored => stored is not null) ?? name;
    }
}
