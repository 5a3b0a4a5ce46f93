using System.CommandLine;
using System.Text.Json.Nodes;
using Fovea.Evaluation;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Cli.Options;

/// <summary>Which runs an evaluation makes: every listed method with every listed budget and position policy.</summary>
internal sealed class SweepOptions
{
    private readonly ModelOption _model = new();
    private readonly LoadingOptions _loading = new();
    private readonly FeatureCacheOption _featureCache = new();
    private readonly Option<string> _method = new("--method") { Description = "methods of token reduction, separated by commas; none = no reduction", DefaultValueFactory = _ => EvaluationRun.Unreduced, HelpName = "NAME,..." };
    private readonly Option<string> _keep = new("--keep") { Description = "budgets, separated by commas: counts such as 36, or shares such as 25%", DefaultValueFactory = _ => "", HelpName = "N|N%,..." };
    private readonly Option<string[]> _set = new("--set") { Description = "option of the methods that have it; may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _config = new("--config") { Description = "configuration files of the PACT repository, separated by commas, after the methods; --set goes over their keys", HelpName = "FILE,..." };
    private readonly Option<string?> _preset = new("--preset") { Description = "configurations of the PACT repository by name, separated by commas, after the methods", HelpName = "NAME,..." };
    private readonly Option<string?> _plan = new("--plan") { Description = "JSON files with plans of several methods, separated by commas, after the methods", HelpName = "FILE,..." };
    private readonly Option<string> _cache = new("--cache") { Description = "whether layers in front of a cut keep the entries of dropped tokens: keep, trim or keep,trim; default: as method or plan say", DefaultValueFactory = _ => "", HelpName = "POLICY,..." };
    private readonly Option<string> _positions = new("--positions") { Description = "keep, renumber or keep,renumber", DefaultValueFactory = _ => "keep", HelpName = "POLICY,..." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "seed of everything random", HelpName = "N" };
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "most tokens of an answer", DefaultValueFactory = _ => 48, HelpName = "N" };

    private readonly PluginOption _plugin = new();

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _model.AddTo(command);
        _plugin.AddTo(command);
        foreach (Option option in (Option[])[_method, _keep, _set, _config, _preset, _plan, _positions, _cache, _seed, _maxTokens])
        {
            command.Add(option);
        }

        _loading.AddTo(command);
        _featureCache.AddTo(command);
    }

    /// <summary>How to load the model.</summary>
    public LoadOptions Loading(ParseResult parsed) => _loading.Read(parsed);

    /// <summary>Bytes of the vision-feature cache.</summary>
    public long FeatureCache(ParseResult parsed) => _featureCache.Read(parsed);

    /// <summary>The runs in the order of the lists; at least one. Everything that can be checked without a model is.</summary>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    /// <exception cref="FormatException">No budget, or no name=value.</exception>
    public List<EvaluationRun> Read(ParseResult parsed)
    {
        _plugin.Load(parsed);
        string model = Path.GetFullPath(_model.Read(parsed));
        int maxTokens = parsed.GetValue(_maxTokens);
        if (maxTokens < 1)
        {
            throw new ArgumentException($"--max-tokens is {maxTokens}; it must be at least 1.");
        }

        var settings = ReductionOptions.Settings(parsed.GetValue(_set) ?? []);
        var named = Named(parsed, settings);
        string[] plans = List(parsed.GetValue(_plan));
        string[] methods = named.Count + plans.Length > 0 && parsed.GetResult(_method) is null or { Implicit: true } ? [] : List(parsed.GetValue(_method));
        CheckUsed(settings, named.Count > 0 ? [.. methods, Pact.Descriptor.Name] : methods);
        var any = new EvaluationRun { Model = model, Weights = $"{Loading(parsed).Weights}", Seed = parsed.GetValue(_seed), MaxNewTokens = maxTokens };
        List<EvaluationRun> runs =
        [
            .. methods.SelectMany(method => OfMethod(any, method, settings, List(parsed.GetValue(_keep)))),
            .. named.Select(run => any with { Label = run.Label, Method = Pact.Descriptor.Name, Options = Text(run.Settings) }),
            .. plans.Select(file => any with { Label = Path.GetFileNameWithoutExtension(file), Method = "plan", Plan = PlanText(file) }),
        ];
        runs = WithPolicies(runs, Array.ConvertAll(List(parsed.GetValue(_positions)), Position), Array.ConvertAll(List(parsed.GetValue(_cache)), Cache));
        foreach (var step in runs.SelectMany(run => run.PlanFor(0).Steps))
        {
            _ = step.EffectiveBudget;
        }

        return runs.Count > 0 ? runs : throw new ArgumentException("--method and --positions must name at least one each.");
    }

    private static string[] List(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<EvaluationRun> OfMethod(EvaluationRun any, string method, Dictionary<string, string> settings, string[] keeps)
    {
        bool reduces = method != EvaluationRun.Unreduced;
        var own = method == Pact.Descriptor.Name ? PactSettings.OfMethod(Of(method, settings)) : Of(method, settings);
        return (reduces && keeps.Length > 0 ? keeps : [""]).Select(keep => any with { Method = method, Keep = keep, Options = Text(own) });
    }

    /// <summary>Every run under every policy; one that changes nothing has none, and configurations of the PACT repository keep positions.</summary>
    private static List<EvaluationRun> WithPolicies(List<EvaluationRun> runs, PositionPolicy[] positions, CachePolicy[] caches) =>
    [
        .. from run in runs
           from position in run.Method == EvaluationRun.Unreduced || (run.Label.Length > 0 && run.Plan.Length == 0) ? [PositionPolicy.Keep] : positions
           from cache in run.Method == EvaluationRun.Unreduced || caches.Length == 0 ? [null] : caches.Cast<CachePolicy?>()
           select run with { Positions = position, Cache = cache },
    ];

    /// <summary>The plan of a file in one line, so that a run can be repeated without the file.</summary>
    private static string PlanText(string file)
    {
        _ = PlanFile.Load(file);
        return JsonNode.Parse(File.ReadAllText(file))?.ToJsonString() ?? "";
    }

    private static CachePolicy Cache(string name) => name switch
    {
        "keep" => CachePolicy.Keep,
        "trim" => CachePolicy.Trim,
        _ => throw new ArgumentException($"--cache '{name}' is neither keep nor trim."),
    };

    private static PositionPolicy Position(string name) => name switch
    {
        "keep" => PositionPolicy.Keep,
        "renumber" => PositionPolicy.Renumber,
        _ => throw new ArgumentException($"--positions '{name}' is neither keep nor renumber."),
    };

    /// <summary>Runs of configuration files and presets, by name.</summary>
    private List<(string Label, Dictionary<string, string> Settings)> Named(ParseResult parsed, Dictionary<string, string> settings)
    {
        var own = Of(Pact.Descriptor.Name, settings);
        return
        [
            .. List(parsed.GetValue(_config)).Select(file => (Path.GetFileNameWithoutExtension(file), PactSettings.OfFile(file, own))),
            .. List(parsed.GetValue(_preset)).Select(preset => (preset, PactSettings.OfPreset(preset, own))),
        ];
    }

    private static Dictionary<string, string> Of(string method, Dictionary<string, string> settings) =>
        settings.Where(setting => Has(method, setting.Key)).ToDictionary(StringComparer.Ordinal);

    private static string Text(Dictionary<string, string> settings) =>
        string.Join(' ', settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={Compact(setting)}"));

    /// <summary>Blanks separate settings in a run, so a list loses its own and nothing else may have any.</summary>
    private static string Compact(KeyValuePair<string, string> setting) => setting.Key != "log_output_path" || !setting.Value.Contains(' ', StringComparison.Ordinal)
        ? setting.Value.Replace(" ", "", StringComparison.Ordinal)
        : throw new ArgumentException($"log_output_path is '{setting.Value}'; in an evaluation it has no blanks.");

    private static void CheckUsed(Dictionary<string, string> settings, string[] methods)
    {
        if (settings.Keys.FirstOrDefault(name => !methods.Any(method => Has(method, name))) is { } unused)
        {
            throw new ArgumentException($"None of {string.Join(", ", methods)} has an option '{unused}'; fovea methods NAME lists the options of a method.");
        }
    }

    private static bool Has(string method, string option) => method != EvaluationRun.Unreduced && KnownReducers.Find(method).Options.Any(known => known.Name == option);
}
