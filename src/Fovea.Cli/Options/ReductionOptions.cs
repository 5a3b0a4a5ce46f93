using System.CommandLine;
using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Cli.Options;

/// <summary>What is said about token reduction: <c>--method --keep --set --plan --config --preset --positions --cache --proportional --plugin</c>.</summary>
internal sealed class ReductionOptions
{
    private const string LayerOption = "prune_layer";
    private readonly Option<string[]> _method = new("--method") { Description = "method of token reduction (fovea methods lists them), NAME@LAYER for the decoder layer to cut before; repeated, several act one after the other; default: none", HelpName = "NAME" };
    private readonly Option<string[]> _keep = new("--keep") { Description = "visual tokens to keep: a count such as 36, or a share such as 25%; once, or once for each method", HelpName = "N|N%" };
    private readonly Option<string[]> _set = new("--set") { Description = "option of the methods that have it (fovea methods NAME lists them); may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _plan = new("--plan") { Description = "JSON file with a plan of several methods, in place of --method", HelpName = "FILE" };
    private readonly Option<string?> _config = new("--config") { Description = "configuration file of the PACT repository, in place of --method; --set goes over its keys", HelpName = "FILE" };
    private readonly Option<string?> _preset = new("--preset") { Description = "configuration of the PACT repository by name, such as pact-0.21, in place of --method (docs/methods/pact.md lists them)", HelpName = "NAME" };
    private readonly Option<string> _positions = new("--positions") { Description = "whether kept tokens keep their positions or are numbered anew", DefaultValueFactory = _ => "keep" };
    private readonly Option<string?> _cache = new("--cache") { Description = "whether layers in front of a cut keep the entries of dropped tokens (keep) or drop them too (trim); default: keep" };
    private readonly Option<bool> _proportional = new("--proportional") { Description = "let a merged token count in attention as often as the tokens it stands for" };
    private readonly PluginOption _plugin = new();

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _positions.AcceptOnlyFromAmong("keep", "renumber");
        _cache.AcceptOnlyFromAmong("keep", "trim");
        foreach (Option option in (Option[])[_method, _keep, _set, _plan, _config, _preset, _positions, _cache, _proportional])
        {
            command.Add(option);
        }

        _plugin.AddTo(command);
    }

    /// <summary>The plan.</summary>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    /// <exception cref="FormatException">No budget, or no name=value.</exception>
    public ReductionPlan Read(ParseResult parsed, ulong seed)
    {
        _plugin.Load(parsed);
        string[] methods = parsed.GetValue(_method) ?? [], keeps = parsed.GetValue(_keep) ?? [];
        var settings = Settings(parsed.GetValue(_set) ?? []);
        string? file = parsed.GetValue(_plan), config = parsed.GetValue(_config), preset = parsed.GetValue(_preset);
        string? whole = file is not null ? "--plan" : config is not null ? "--config" : preset is not null ? "--preset" : null;
        bool alone = methods.Length + keeps.Length == 0 && new[] { file, config, preset }.Count(given => given is not null) == 1 && (file is null || settings.Count == 0);
        if (whole is not null && !alone)
        {
            throw new ArgumentException($"{whole} says itself which method runs and how much it keeps: leave --method, --keep{(file is null ? "" : ", --set")} and the others of --plan, --config and --preset out.");
        }

        var plan = file is not null ? PlanFile.Load(file)
            : config is not null ? ReductionPlan.Of(Pact.Descriptor.Name, null, PactSettings.OfFile(config, settings))
            : preset is not null ? ReductionPlan.Of(Pact.Descriptor.Name, null, PactSettings.OfPreset(preset, settings))
            : FromMethods(methods, keeps, settings);
        return plan.Steps.Count == 0 ? ReductionPlan.None : plan with
        {
            Positions = parsed.GetValue(_positions) == "renumber" ? PositionPolicy.Renumber : plan.Positions,
            Cache = parsed.GetValue(_cache) switch { "trim" => CachePolicy.Trim, "keep" => CachePolicy.Keep, _ => plan.Cache },
            ProportionalAttention = plan.ProportionalAttention || parsed.GetValue(_proportional),
            Seed = seed == 0 ? plan.Seed : seed,
        };
    }

    private static ReductionPlan FromMethods(string[] methods, string[] keeps, Dictionary<string, string> settings)
    {
        if (methods.Length == 0)
        {
            return keeps.Length == 0 && settings.Count == 0
                ? ReductionPlan.None
                : throw new ArgumentException($"{(keeps.Length == 0 ? "--set" : "--keep")} needs --method: say which method chooses the tokens.");
        }

        if (keeps.Length > 1 && keeps.Length != methods.Length)
        {
            throw new ArgumentException($"--keep is given {keeps.Length} times for {methods.Length} methods; give it once, or once for each.");
        }

        var plan = ReductionPlan.None;
        foreach (var (index, text) in methods.Index())
        {
            string[] parts = text.Split('@', 2);
            var method = KnownReducers.Find(parts[0]);
            var own = settings.Where(setting => methods.Length == 1 || method.Options.Any(option => option.Name == setting.Key)).ToDictionary();
            if (parts.Length == 2)
            {
                own[LayerOption] = method.Options.Any(option => option.Name == LayerOption)
                    ? parts[1]
                    : throw new ArgumentException($"The method {parts[0]} does not cut before one decoder layer, so it takes no '@{parts[1]}'.");
            }

            own = parts[0] == Pact.Descriptor.Name ? PactSettings.OfMethod(own) : own;
            string? keep = keeps.Length == 0 ? null : keeps[keeps.Length == 1 ? 0 : index];
            var one = ReductionPlan.Of(parts[0], keep is null ? null : TokenBudget.Parse(keep), own);
            plan = one with { Steps = [.. plan.Steps, .. one.Steps], Positions = index == 0 ? one.Positions : plan.Positions, ProportionalAttention = plan.ProportionalAttention || one.ProportionalAttention };
        }

        return settings.Keys.FirstOrDefault(name => !methods.Any(method => KnownReducers.Find(method.Split('@')[0]).Options.Any(option => option.Name == name))) is { } unused && methods.Length > 1
            ? throw new ArgumentException($"None of {string.Join(", ", methods)} has an option '{unused}'; fovea methods NAME lists the options of a method.")
            : plan;
    }

    /// <summary>From <c>name=value</c> texts to pairs.</summary>
    /// <exception cref="FormatException">A text is not of this form, or a name comes twice.</exception>
    public static Dictionary<string, string> Settings(IEnumerable<string> texts, string option = "--set")
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"{option} '{text}' is not of the form name=value.");
            }

            if (!settings.TryAdd(text[..equals].Trim(), text[(equals + 1)..].Trim()))
            {
                throw new FormatException($"{option} gives {text[..equals]} twice.");
            }
        }

        return settings;
    }
}
