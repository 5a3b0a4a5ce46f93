namespace Fovea.Reduction.Methods;

/// <summary>
/// What PriorTR's unified runner (<c>vtr_run.py</c>) offers: models by its names, each with one copy of the framework, its methods, and the parameters that
/// it checks. Its flags become arguments of the copy's wrapper.
/// </summary>
public sealed record PriorTrRunner
{
    private const string Rows = "query_aggregation";
    private const string Heads = "head_aggregation";

    private PriorTrRunner()
    {
    }

    /// <summary>Its models.</summary>
    public static IReadOnlyList<PriorTrRunner> Models { get; } =
    [
        new() { Model = "llava", Copy = PriorTrCopy.Llava, Methods = ["priortr"], Parameters = [new(Rows, ["priortr"], ["last", "question"]), new(Heads, ["priortr"], ["mean", "max"])] },
        new()
        {
            Model = "internvl", Copy = PriorTrCopy.InternVl, Methods = ["priortr", "fastv"],
            Parameters = [new(Rows, ["priortr", "fastv"], ["last", "question"]), new(Heads, ["priortr", "fastv"], ["mean", "max"]), new("max_num", ["priortr", "fastv", Baseline], [])],
        },
        new()
        {
            Model = "qwen3vl", Copy = PriorTrCopy.Qwen3, Methods = ["priortr", "priortr_2f", "fastv", "sparsevlm", "vispruner"],
            Parameters =
            [
                new(Rows, ["priortr", "priortr_2f", "fastv"], ["last", "question", "auto"]), new(Heads, ["priortr", "priortr_2f", "fastv"], ["mean", "max"]),
                new("token_merge", ["sparsevlm"], ["True", "False"]), new("important_ratio", ["vispruner"], []),
            ],
        },
        new()
        {
            Model = "video-llava", Copy = PriorTrCopy.Video, Methods = ["priortr_2f", "fastv"],
            Parameters = [new(Rows, ["priortr_2f", "fastv"], ["question", "last"]), new(Heads, ["priortr_2f", "fastv"], ["mean", "max"])],
        },
        new()
        {
            Model = "qwen2vl", Copy = PriorTrCopy.Qwen2, Methods = ["priortr", "fastv"],
            Parameters = [new(Rows, ["priortr", "fastv"], ["last", "question", "auto"]), new(Heads, ["priortr", "fastv"], ["mean", "max"])],
        },
    ];

    /// <summary>The name of running without reduction.</summary>
    public const string Baseline = "baseline";

    /// <summary>The runner's name of the model; <c>qwen2vl</c> is ours, for the copy that the runner forgets.</summary>
    public required string Model { get; init; }

    /// <summary>The copy of the framework.</summary>
    public required PriorTrCopy Copy { get; init; }

    /// <summary>The methods that the runner offers for it.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>What <c>--param</c> takes.</summary>
    public required IReadOnlyList<PriorTrParameter> Parameters { get; init; }

    /// <summary>The model of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public static PriorTrRunner Find(string model) => Models.FirstOrDefault(known => known.Model == model)
        ?? throw new ArgumentException($"PriorTR's runner has no model '{model}'; it has {string.Join(", ", Models.Select(known => known.Model))}.");

    /// <summary>The runner's flags as arguments of the copy's wrapper.</summary>
    /// <param name="method">The method; <see cref="Baseline"/> reduces nothing.</param>
    /// <param name="keepTokens"><c>--keep-tokens</c>.</param>
    /// <param name="keepRatio"><c>--keep-ratio</c>.</param>
    /// <param name="pruneLayers"><c>--prune-layer</c>: one, or several with <c>;</c> between them.</param>
    /// <param name="parameters"><c>--param NAME=VALUE</c>.</param>
    /// <exception cref="ArgumentException">A combination that the runner refuses, or one of which it silently drops a part.</exception>
    public IReadOnlyList<string> Arguments(string method, string? keepTokens, string? keepRatio, string? pruneLayers, IReadOnlyDictionary<string, string> parameters)
    {
        if (keepTokens is not null && keepRatio is not null)
        {
            throw new ArgumentException("--keep-tokens and --keep-ratio exclude each other.");
        }

        if (method != Baseline && !Copy.Strategies.Contains(method))
        {
            throw new ArgumentException($"PriorTR has no {method} for {Model}; it has {string.Join(", ", Copy.Strategies)}.");
        }

        if (keepRatio is not null && Copy == PriorTrCopy.Video)
        {
            throw new ArgumentException("PriorTR's video script takes --keep-tokens only.");
        }

        foreach (var (name, value) in parameters)
        {
            var parameter = Parameters.FirstOrDefault(known => known.Name == name && known.Methods.Contains(method))
                ?? throw new ArgumentException($"--param {name} does not go with {method} on {Model}; {Describe(method)}.");
            if (parameter.Choices.Count > 0 && !parameter.Choices.Contains(value))
            {
                throw new ArgumentException($"--param {name} is '{value}'; it takes {string.Join(", ", parameter.Choices)}.");
            }
        }

        return method == Baseline ? Off : [.. Fields(method, keepTokens, keepRatio, pruneLayers, parameters).SelectMany(field => Spell(field.Key, field.Value))];
    }

    /// <summary>The parameters of a method in words.</summary>
    public string Describe(string method)
    {
        var own = Parameters.Where(parameter => parameter.Methods.Contains(method)).Select(parameter => parameter.Name).ToList();
        return own.Count == 0 ? "it has none" : $"it takes {string.Join(", ", own)}";
    }

    private IReadOnlyList<string> Off => Copy == PriorTrCopy.Video ? [] : Copy == PriorTrCopy.InternVl ? ["strategy=baseline"] : Copy == PriorTrCopy.Llava ? ["enabled=False"] : ["vtr_enabled=False"];

    private static Dictionary<string, string> Fields(string method, string? keepTokens, string? keepRatio, string? pruneLayers, IReadOnlyDictionary<string, string> parameters)
    {
        var fields = new Dictionary<string, string> { ["strategy"] = method };
        Add("keep_tokens", keepTokens);
        Add("keep_ratio", keepRatio);
        Add("prune_layer", pruneLayers);
        foreach (var (name, value) in parameters)
        {
            fields[name] = value;
        }

        if (method == "sparsevlm")
        {
            fields.TryAdd("token_merge", "True");
        }

        return fields;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                fields[name] = value;
            }
        }
    }

    private IEnumerable<string> Spell(string name, string value) => Copy.Name switch
    {
        "video" => name == "strategy" ? ["--vtr_enabled", "--vtr_strategy", value] : [$"--vtr_{name}", value],
        "llava" when name == "prune_layer" && value.Contains(';', StringComparison.Ordinal) => [$"{name}=[{value.Replace(';', ',')}]"],
        "llava" or "internvl" => [$"{name}={value}"],
        _ => [$"vtr_{name}={value}"],
    };
}
