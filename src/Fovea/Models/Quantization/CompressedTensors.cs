using System.Text.Json;
using System.Text.RegularExpressions;
using Fovea.Nn;

namespace Fovea.Models.Quantization;

/// <summary>
/// Checkpoints of compressed-tensors (llm-compressor): config groups say which modules are quantised and how, the tensors lie under the names of the modules.
/// Activations that are quantised in the original are not rounded here.
/// </summary>
/// <remarks>Format: github.com/vllm-project/compressed-tensors.</remarks>
internal sealed class CompressedTensors : QuantizationMethod
{
    /// <summary>The <c>quant_method</c>.</summary>
    public const string Method = "compressed-tensors";

    /// <summary>Numbers in words.</summary>
    public const string PackedSuffix = ".weight_packed";

    /// <summary>Scales.</summary>
    public const string ScaleSuffix = ".weight_scale";

    /// <summary>Outputs and inputs.</summary>
    public const string ShapeSuffix = ".weight_shape";

    /// <summary>Floating-point numbers, or integers of one byte.</summary>
    public const string PlainSuffix = ".weight";

    /// <summary>The <c>quantization_status</c>.</summary>
    public const string Compressed = "compressed";

    private const string Dense = "dense";

    /// <summary>Scales of activations and caches, which stay in floating point here.</summary>
    private static readonly string[] Activations =
        [".input_scale", ".input_zero_point", ".output_scale", ".output_zero_point", ".q_scale", ".k_scale", ".v_scale", ".q_zero_point", ".k_zero_point", ".v_zero_point"];

    private readonly IReadOnlyList<ModulePattern> _ignored;
    private readonly List<(IReadOnlyList<ModulePattern> Targets, CompressedTensorsScheme Scheme)> _groups = [];

    /// <summary>Reads a <c>quantization_config</c>.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong.</exception>
    /// <exception cref="NotSupportedException">A variant that is not read.</exception>
    public CompressedTensors(ConfigReader config)
    {
        string format = config.Text("format", Dense);
        if (config.Text("quantization_status", Compressed) is var status && status != Compressed)
        {
            throw new NotSupportedException($"{Method} with the quantization_status '{status}' is not read; '{Compressed}' is.");
        }

        if (config.Has("sparsity_config") && config.Object("sparsity_config") is var sparsity && sparsity.Text("format", Dense) != Dense)
        {
            throw new NotSupportedException($"{Method} with sparse weights ({sparsity.Text("format")}) is not read.");
        }

        _ignored = Patterns(config, "ignore");
        var groups = format == Dense ? default : config.Object("config_groups");
        foreach (var group in format == Dense ? [] : groups.Element.EnumerateObject().ToArray())
        {
            if (group.Value.ValueKind == JsonValueKind.Array)
            {
                _groups.Add((Patterns(groups, group.Name), CompressedTensorsScheme.OfPreset(group.Name, format)));
                continue;
            }

            var keys = groups.Object(group.Name);
            if (keys.Has("weights"))
            {
                _groups.Add((Patterns(keys, "targets"), CompressedTensorsScheme.Read(keys.Object("weights"), keys.Text("format", format))));
            }
        }
    }

    /// <inheritdoc/>
    public override QuantizedModules Modules(StoredFiles files)
    {
        var weights = new Dictionary<string, QuantizedWeight>(StringComparer.Ordinal);
        var absorbed = files.Weights.Names.Where(name => Array.Exists(Activations, suffix => name.EndsWith(suffix, StringComparison.Ordinal))).ToHashSet(StringComparer.Ordinal);
        foreach (string name in files.Weights.Names)
        {
            if (CompressedTensorsModule.NameOf(name, files.Weights[name]) is { } module)
            {
                var scheme = Scheme(files, module)
                    ?? throw new InvalidDataException($"{files.Weights.Path}: {name} is quantised, but no config group of config.json is for {module}.");
                weights.Add(module + PlainSuffix, new CompressedTensorsModule(files.Weights, module, scheme).Open());
                absorbed.UnionWith(CompressedTensorsModule.Parts.Select(part => module + part));
            }
        }

        return new QuantizedModules(weights, absorbed, name => Scheme(files, name[..^PlainSuffix.Length]) is not null);
    }

    private static IReadOnlyList<ModulePattern> Patterns(ConfigReader config, string key)
    {
        try
        {
            return [.. config.Texts(key).Select(text => new ModulePattern(text))];
        }
        catch (ArgumentException wrong)
        {
            throw config.Wrong(key, $"a list of names and well-formed regular expressions ({wrong.Message})");
        }
    }

    /// <summary>The scheme of the group that names a module most closely; none if it is ignored or in no group.</summary>
    private CompressedTensorsScheme? Scheme(StoredFiles files, string module)
    {
        string[] spellings = [.. files.Spellings(module + PlainSuffix).Select(name => name[..^PlainSuffix.Length])];
        try
        {
            if (_ignored.Any(pattern => pattern.Match(spellings) > 0))
            {
                return null;
            }

            var best = _groups.Select(group => (Match: group.Targets.Select(pattern => pattern.Match(spellings)).DefaultIfEmpty().Max(), group.Scheme)).MaxBy(group => group.Match);
            return best.Match > 0 ? best.Scheme : null;
        }
        catch (RegexMatchTimeoutException slow)
        {
            throw new InvalidDataException($"{files.Folder.Path}: the expression {slow.Pattern} of config.json takes too long to match {module}.", slow);
        }
    }
}
