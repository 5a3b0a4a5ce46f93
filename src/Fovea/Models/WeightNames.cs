using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>Stored names to canonical ones. The same model is stored under several prefixes, as library versions came and went; decided name by name.</summary>
internal static class WeightNames
{
    /// <summary>All tensors under canonical names; names of no known form stay as they are and are reported as superfluous.</summary>
    /// <param name="weights">The stored tensors.</param>
    /// <param name="prefixes">Stored prefix and what stands for it; the first that fits rules.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static Dictionary<string, Tensor> Canonical(CheckpointReader weights, IReadOnlyList<(string Stored, string Canonical)> prefixes)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string name in weights.Names)
        {
            if (!tensors.TryAdd(Of(name, prefixes), weights[name]))
            {
                throw new InvalidDataException($"{weights.Path}: weight {name} is there twice under different names.");
            }
        }

        return tensors;
    }

    private static string Of(string name, IReadOnlyList<(string Stored, string Canonical)> prefixes)
    {
        foreach (var (stored, canonical) in prefixes)
        {
            if (name.StartsWith(stored, StringComparison.Ordinal))
            {
                return canonical + name[stored.Length..];
            }
        }

        return name;
    }
}
