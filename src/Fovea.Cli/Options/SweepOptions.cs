using System.CommandLine;
using Fovea.Evaluation;
using Fovea.Reduction;

namespace Fovea.Cli.Options;

/// <summary>Which runs an evaluation makes: every listed method with every listed budget and position policy.</summary>
internal sealed class SweepOptions
{
    private readonly ModelOption _model = new();
    private readonly FeatureCacheOption _featureCache = new();
    private readonly Option<string> _method = new("--method") { Description = "methods of token reduction, separated by commas; none = no reduction", DefaultValueFactory = _ => EvaluationRun.Unreduced, HelpName = "NAME,..." };
    private readonly Option<string> _keep = new("--keep") { Description = "budgets, separated by commas: counts such as 36, or shares such as 25%", DefaultValueFactory = _ => "", HelpName = "N|N%,..." };
    private readonly Option<string[]> _set = new("--set") { Description = "option of the methods that have it; may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<string> _positions = new("--positions") { Description = "keep, renumber or keep,renumber", DefaultValueFactory = _ => "keep", HelpName = "POLICY,..." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "seed of everything random", HelpName = "N" };
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "most tokens of an answer", DefaultValueFactory = _ => 48, HelpName = "N" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _model.AddTo(command);
        foreach (Option option in (Option[])[_method, _keep, _set, _positions, _seed, _maxTokens])
        {
            command.Add(option);
        }

        _featureCache.AddTo(command);
    }

    /// <summary>Bytes of the vision-feature cache.</summary>
    public long FeatureCache(ParseResult parsed) => _featureCache.Read(parsed);

    /// <summary>The runs in the order of the lists; at least one. Everything that can be checked without a model is.</summary>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    /// <exception cref="FormatException">No budget, or no name=value.</exception>
    public List<EvaluationRun> Read(ParseResult parsed)
    {
        string model = Path.GetFullPath(_model.Read(parsed));
        int maxTokens = parsed.GetValue(_maxTokens);
        if (maxTokens < 1)
        {
            throw new ArgumentException($"--max-tokens is {maxTokens}; it must be at least 1.");
        }

        var settings = ReductionOptions.Settings(parsed.GetValue(_set) ?? []);
        string[] methods = List(parsed.GetValue(_method)), keeps = List(parsed.GetValue(_keep));
        CheckUsed(settings, methods);
        var policies = Array.ConvertAll(List(parsed.GetValue(_positions)), Policy);
        var runs = new List<EvaluationRun>();
        foreach (string method in methods)
        {
            bool reduces = method != EvaluationRun.Unreduced;
            foreach (string keep in reduces && keeps.Length > 0 ? keeps : [""])
            {
                foreach (var positions in reduces ? policies : [PositionPolicy.Keep])
                {
                    runs.Add(new EvaluationRun
                    {
                        Model = model,
                        Method = method,
                        Keep = keep,
                        Options = reduces ? Options(method, settings) : "",
                        Positions = positions,
                        Seed = parsed.GetValue(_seed),
                        MaxNewTokens = maxTokens,
                    });
                }
            }
        }

        foreach (var step in runs.SelectMany(run => run.PlanFor(0).Steps))
        {
            _ = step.EffectiveBudget;
        }

        return runs.Count > 0 ? runs : throw new ArgumentException("--method and --positions must name at least one each.");
    }

    private static string[] List(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static PositionPolicy Policy(string name) => name switch
    {
        "keep" => PositionPolicy.Keep,
        "renumber" => PositionPolicy.Renumber,
        _ => throw new ArgumentException($"--positions '{name}' is neither keep nor renumber."),
    };

    private static string Options(string method, Dictionary<string, string> settings) => string.Join(' ', settings
        .Where(setting => Has(method, setting.Key)).OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => $"{setting.Key}={Compact(setting)}"));

    private static string Compact(KeyValuePair<string, string> setting) => setting.Value.Replace(" ", "", StringComparison.Ordinal);

    private static void CheckUsed(Dictionary<string, string> settings, string[] methods)
    {
        if (settings.Keys.FirstOrDefault(name => !methods.Any(method => Has(method, name))) is { } unused)
        {
            throw new ArgumentException($"None of {string.Join(", ", methods)} has an option '{unused}'; fovea methods NAME lists the options of a method.");
        }
    }

    private static bool Has(string method, string option) => method != EvaluationRun.Unreduced && KnownReducers.Find(method).Options.Any(known => known.Name == option);
}
