using Fovea.Reduction;

namespace Fovea.Evaluation;

/// <summary>The settings of one pass over a question set; whoever knows them can repeat it. Values compare by content.</summary>
public sealed record EvaluationRun
{
    /// <summary>The method that stands for no reduction.</summary>
    public const string Unreduced = "none";

    /// <summary>The folder of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The format of its matrices, and the patterns of modules that were left alone; empty = as they are stored.</summary>
    public string Weights { get; init; } = "";

    /// <summary>What the run is called, such as its configuration file; empty = it has no name.</summary>
    public string Label { get; init; } = "";

    /// <summary>A method of the catalogue, or <see cref="Unreduced"/>.</summary>
    public string Method { get; init; } = Unreduced;

    /// <summary>The budget as text, such as <c>36</c> or <c>25%</c>; empty = what the method's own options say.</summary>
    public string Keep { get; init; } = "";

    /// <summary>Options of the method as <c>name=value</c>, in ordinal order, separated by blanks.</summary>
    public string Options { get; init; } = "";

    /// <summary>A plan as <see cref="PlanFile"/> has it, in place of method, budget and options; empty = there is none.</summary>
    public string Plan { get; init; } = "";

    /// <summary>What layers in front of a cut do with the entries of dropped tokens; none = as the method or the plan says.</summary>
    public CachePolicy? Cache { get; init; }

    /// <summary>Positions after a reduction.</summary>
    public PositionPolicy Positions { get; init; } = PositionPolicy.Keep;

    /// <summary>The seed of what is random. A method that draws does so anew for each picture.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public int MaxNewTokens { get; init; } = 48;

    /// <summary>The reductions for one picture.</summary>
    /// <param name="picture">Index of the picture in the set.</param>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    /// <exception cref="FormatException">The budget is none.</exception>
    public ReductionPlan PlanFor(int picture)
    {
        if (Method == Unreduced && Plan.Length == 0)
        {
            return ReductionPlan.None;
        }

        var plan = Plan.Length > 0 ? PlanFile.Parse(Plan) : ReductionPlan.Of(Method, Keep.Length > 0 ? TokenBudget.Parse(Keep) : null, Settings());
        return plan with
        {
            Positions = Positions == PositionPolicy.Keep ? plan.Positions : Positions,
            Cache = Cache ?? plan.Cache,
            Seed = unchecked((Seed == 0 ? plan.Seed : Seed) + (ulong)picture),
        };
    }

    /// <summary>What is different in another run, as text; empty if nothing is.</summary>
    public string DifferenceTo(EvaluationRun other)
    {
        (string Name, string Ours, string Theirs)[] settings =
        [
            ("model", Model, other.Model),
            ("weights", Weights, other.Weights),
            ("label", Label, other.Label),
            ("method", Method, other.Method),
            ("keep", Keep, other.Keep),
            ("options", Options, other.Options),
            ("plan", Plan, other.Plan),
            ("cache", $"{Cache}", $"{other.Cache}"),
            ("positions", $"{Positions}", $"{other.Positions}"),
            ("seed", $"{Seed}", $"{other.Seed}"),
            ("max_tokens", $"{MaxNewTokens}", $"{other.MaxNewTokens}"),
        ];
        return string.Join(", ", settings.Where(setting => setting.Ours != setting.Theirs).Select(setting => $"{setting.Name} is '{setting.Ours}' and not '{setting.Theirs}'"));
    }

    private Dictionary<string, string> Settings() => Options.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "", StringComparer.Ordinal);
}
