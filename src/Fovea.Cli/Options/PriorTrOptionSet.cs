using System.CommandLine;
using Fovea.Models;
using Fovea.Reduction.Methods;

namespace Fovea.Cli.Options;

/// <summary>The flags of PriorTR's runner and of its video script, and its argument texts: all come to arguments of one copy's wrapper.</summary>
internal sealed class PriorTrOptionSet
{
    private static readonly string[] VideoFields = ["strategy", "prune_layer", "keep_tokens", "query_aggregation", "head_aggregation", "ref_layers", "clse_cutoff_ratio", "clse_temp"];
    private static readonly Dictionary<string, int> Depths = new() { ["qwen2vl"] = 28, ["qwen3vl"] = 36 };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "a model of PriorTR's runner (--list), or the folder of a checkpoint", HelpName = "NAME|FOLDER" };
    private readonly LoadingOptions _loading = new();
    private readonly Option<string?> _pretrained = new("--pretrained") { Description = "folder of the checkpoint, where --model is a name; default: the model that ships with Fovea", HelpName = "FOLDER" };
    private readonly Option<string?> _method = new("--method") { Description = "a method of the model (--list), or baseline", HelpName = "NAME" };
    private readonly Option<string?> _keepTokens = new("--keep-tokens") { Description = "visual tokens to keep", HelpName = "N" };
    private readonly Option<string?> _keepRatio = new("--keep-ratio") { Description = "share of visual tokens to keep", HelpName = "X" };
    private readonly Option<string?> _pruneLayer = new("--prune-layer") { Description = "K: layer K-1 scores, layer K sees fewer tokens; several with ; between them", HelpName = "K" };
    private readonly Option<string[]> _param = new("--param") { Description = "a parameter of the method (--describe); may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _arguments = new("--model_args") { Description = "the wrapper's argument text, such as strategy=priortr,keep_tokens=64, in place of the flags", HelpName = "TEXT" };
    private readonly Option<bool> _enabled = new("--vtr_enabled") { Description = "flags of the video script, in place of the others" };
    private readonly List<Option<string[]>> _video = [.. VideoFields.Select(field => new Option<string[]>($"--vtr_{field}") { AllowMultipleArgumentsPerToken = field == "ref_layers", HelpName = "VALUE" })];

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_model, _pretrained, _method, _keepTokens, _keepRatio, _pruneLayer, _param, _arguments, _enabled, .. _video])
        {
            command.Add(option);
        }

        _loading.AddTo(command);
    }

    /// <summary>How to load the checkpoint.</summary>
    public LoadOptions Loading(ParseResult parsed) => _loading.Read(parsed);

    /// <summary>The folder of the checkpoint that is named, or none.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_pretrained) ?? (parsed.GetValue(_model) is { } model && Directory.Exists(model) ? model : null);

    /// <summary>The runner's model: as named, or that of the checkpoint's family.</summary>
    public PriorTrRunner Runner(ParseResult parsed)
    {
        string? model = parsed.GetValue(_model);
        return model is not null && !Directory.Exists(model) ? PriorTrRunner.Find(model) : OfFamily(KnownModels.Find(CheckpointFolder.Open(model ?? Folder(parsed) ?? ShippedModel.Find())).Name);
    }

    /// <summary>The configuration.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="depth">Decoder layers; none = those of the model that the copy was written for.</param>
    /// <exception cref="ArgumentException">What PriorTR refuses, or a part of which it would silently drop.</exception>
    public PriorTrConfiguration Read(ParseResult parsed, int? depth)
    {
        var runner = Runner(parsed);
        var (arguments, copy) = Arguments(parsed, runner);
        return PriorTrConfiguration.FromArguments(copy, arguments, depth ?? Depths.GetValueOrDefault(runner.Model, 32), honoursRatio: parsed.GetValue(_keepRatio) is not null);
    }

    private (IReadOnlyList<string> Arguments, PriorTrCopy Copy) Arguments(ParseResult parsed, PriorTrRunner runner)
    {
        string[] video = [.. _video.Where(option => parsed.GetValue(option) is { Length: > 0 }).SelectMany(option => new[] { option.Name }.Concat(parsed.GetValue(option) ?? []))];
        bool flags = new[] { _method, _keepTokens, _keepRatio, _pruneLayer }.Any(option => parsed.GetValue(option) is not null) || parsed.GetValue(_param) is { Length: > 0 };
        if (parsed.GetValue(_arguments) is { } text)
        {
            return flags || video.Length > 0 ? throw new ArgumentException("--model_args stands in place of the other flags.") : (PriorTrConfiguration.SplitArguments(text), runner.Copy);
        }

        if (video.Length > 0 || parsed.GetValue(_enabled))
        {
            return flags ? throw new ArgumentException("The --vtr_ flags stand in place of --method, --keep-tokens and the like.")
                : ([.. parsed.GetValue(_enabled) ? new[] { "--vtr_enabled" } : [], .. video], PriorTrCopy.Video);
        }

        string method = parsed.GetValue(_method) ?? throw new ArgumentException($"--method is missing: {runner.Model} has {string.Join(", ", runner.Copy.Strategies)} and {PriorTrRunner.Baseline}.");
        return (runner.Arguments(method, parsed.GetValue(_keepTokens), parsed.GetValue(_keepRatio), parsed.GetValue(_pruneLayer), ReductionOptions.Settings(parsed.GetValue(_param) ?? [], "--param")), runner.Copy);
    }

    private static PriorTrRunner OfFamily(string family) => PriorTrRunner.Find(
        family.Contains("video", StringComparison.OrdinalIgnoreCase) ? "video-llava"
        : family.Contains("internvl", StringComparison.OrdinalIgnoreCase) ? "internvl"
        : family.Contains("qwen3", StringComparison.OrdinalIgnoreCase) ? "qwen3vl"
        : family.Contains("qwen", StringComparison.OrdinalIgnoreCase) ? "qwen2vl" : "llava");
}
