using Fovea.Models.Quantization;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>Stored names to canonical ones. The same model is stored under several prefixes, as library versions came and went; decided name by name.</summary>
internal static class WeightNames
{
    /// <summary>
    /// Hands out the weights under canonical names and calls them by their stored ones, those that are missing as their like are stored. Names of no known form
    /// stay as they are and are reported as superfluous.
    /// </summary>
    /// <param name="files">The stored tensors; those of the first files come before those of the others.</param>
    /// <param name="options">How matrices are kept, in memory and on disk.</param>
    /// <param name="ignored">Canonical names that no model uses.</param>
    /// <param name="made">Tensors that are in no file, by canonical name.</param>
    /// <param name="saved">The names under which the weights will be saved, where these are others.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight, or what the config says of quantised weights does not fit them.</exception>
    /// <exception cref="NotSupportedException">The weights are quantised in a way that is not read; the message names it.</exception>
    public static WeightReader Open(
        IReadOnlyList<StoredFiles> files, LoadOptions options, Func<string, bool> ignored,
        IReadOnlyDictionary<string, Tensor>? made = null, Func<string, string>? saved = null)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var quantized = new Dictionary<string, QuantizedWeight>(StringComparer.Ordinal);
        var origins = new Dictionary<string, (string Name, QuantizedModules? Modules)>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var modules = KnownQuantizations.Find(file.Folder)?.Modules(file);
            foreach (string name in file.Weights.Names.Where(name => modules is null || !modules.Absorbed.Contains(name)).Concat(modules?.Weights.Keys ?? []))
            {
                string canonical = file.Canonical(name);
                if (!origins.TryAdd(canonical, (name, modules)))
                {
                    throw new InvalidDataException($"{file.Weights.Path}: weight {name} is there twice under different names.");
                }

                if (modules is not null && modules.Weights.TryGetValue(name, out var weight))
                {
                    quantized.Add(canonical, weight);
                }
                else
                {
                    tensors.Add(canonical, file.Weights[name]);
                }
            }
        }

        foreach (var (name, tensor) in made ?? new Dictionary<string, Tensor>())
        {
            tensors.Add(name, tensor);
        }

        string source = string.Join(" with ", files.Select(file => file.Weights.Path));
        var reader = new WeightReader(source, tensors, saved ?? StoredName, new QuantizedWeights(quantized, IsDemanded), options.Weights, Packed(files, options));
        reader.Ignore(ignored);
        return reader;

        string StoredName(string name) => origins.TryGetValue(name, out var origin) ? origin.Name
            : files.Select(file => file.Stored(name)).FirstOrDefault(stored => stored is not null) ?? name;

        bool IsDemanded(string name) => origins.TryGetValue(name, out var origin) && origin.Modules is { } modules && modules.Demands(origin.Name);
    }

    /// <summary>The packed weights on disk, which live as long as the first files do; none if nobody wants any.</summary>
    private static PackedCache? Packed(IReadOnlyList<StoredFiles> files, LoadOptions options)
    {
        if (options.PackedCache is not { } place)
        {
            return null;
        }

        using var key = new PackedCacheKey();
        key.Add($"{options.Weights.Format} {options.Weights.KeepFloat.Count}");
        foreach (string pattern in options.Weights.KeepFloat)
        {
            key.Add(pattern);
        }

        foreach (var file in files)
        {
            key.Add(file.Folder.Config.GetRawText());
            key.Add(file.Weights);
        }

        var cache = PackedCache.Open(place, key, options.PackedCacheSize);
        files[0].Weights.Own(cache);
        return cache;
    }
}
