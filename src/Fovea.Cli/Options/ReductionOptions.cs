using System.CommandLine;
using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Cli.Options;

/// <summary>What is said about token reduction: <c>--method --keep --set --config --preset --positions --proportional</c>.</summary>
internal sealed class ReductionOptions
{
    private readonly Option<string?> _method = new("--method") { Description = "method of token reduction (fovea methods lists them); default: none", HelpName = "NAME" };
    private readonly Option<string?> _keep = new("--keep") { Description = "visual tokens to keep: a count such as 36, or a share such as 25%", HelpName = "N|N%" };
    private readonly Option<string[]> _set = new("--set") { Description = "option of the method (fovea methods NAME lists them); may be repeated", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _config = new("--config") { Description = "configuration file of the PACT repository, in place of --method; --set goes over its keys", HelpName = "FILE" };
    private readonly Option<string?> _preset = new("--preset") { Description = "configuration of the PACT repository by name, such as pact-0.21, in place of --method (docs/methods/pact.md lists them)", HelpName = "NAME" };
    private readonly Option<string> _positions = new("--positions") { Description = "whether kept tokens keep their positions or are numbered anew", DefaultValueFactory = _ => "keep" };
    private readonly Option<bool> _proportional = new("--proportional") { Description = "let a merged token count in attention as often as the tokens it stands for" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _positions.AcceptOnlyFromAmong("keep", "renumber");
        command.Add(_method);
        command.Add(_keep);
        command.Add(_set);
        command.Add(_config);
        command.Add(_preset);
        command.Add(_positions);
        command.Add(_proportional);
    }

    /// <summary>The plan.</summary>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    /// <exception cref="FormatException">No budget, or no name=value.</exception>
    public ReductionPlan Read(ParseResult parsed, ulong seed)
    {
        string? keep = parsed.GetValue(_keep);
        var settings = Settings(parsed.GetValue(_set) ?? []);
        TokenBudget? budget = keep is null ? null : TokenBudget.Parse(keep);
        string? method = parsed.GetValue(_method), config = parsed.GetValue(_config), preset = parsed.GetValue(_preset);
        if (config is not null || preset is not null)
        {
            string name = config is null ? "--preset" : "--config";
            settings = keep is null && method is null && (config is null || preset is null)
                ? config is null ? PactSettings.OfPreset(preset ?? "", settings) : PactSettings.OfFile(config, settings)
                : throw new ArgumentException($"{name} says itself which method runs and how much it keeps: leave --method, --keep{(preset is null ? "" : " and --config")} out.");
            method = Pact.Descriptor.Name;
        }
        else if (method == Pact.Descriptor.Name)
        {
            settings = PactSettings.OfMethod(settings);
        }

        if (method is null)
        {
            return keep is null && settings.Count == 0
                ? ReductionPlan.None
                : throw new ArgumentException($"{(keep is null ? "--set" : "--keep")} needs --method: say which method chooses the tokens.");
        }

        var plan = ReductionPlan.Of(method, budget, settings);
        return plan with
        {
            Positions = parsed.GetValue(_positions) == "renumber" ? PositionPolicy.Renumber : plan.Positions,
            ProportionalAttention = plan.ProportionalAttention || parsed.GetValue(_proportional),
            Seed = seed,
        };
    }

    /// <summary>From <c>name=value</c> texts to pairs.</summary>
    /// <exception cref="FormatException">A text is not of this form, or a name comes twice.</exception>
    public static Dictionary<string, string> Settings(IEnumerable<string> texts)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"--set '{text}' is not of the form name=value.");
            }

            if (!settings.TryAdd(text[..equals].Trim(), text[(equals + 1)..].Trim()))
            {
                throw new FormatException($"--set gives {text[..equals]} twice.");
            }
        }

        return settings;
    }
}
