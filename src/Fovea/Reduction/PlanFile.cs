using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Reduction;

/// <summary>
/// A plan as JSON: <c>{"steps": [{"method": "fastv", "keep": "50%", "options": {"fastv_k": 2}}, ...], "positions": "keep", "cache": "trim"}</c>. Several steps
/// act where each says; a different method at each layer is a step for each.
/// </summary>
public static class PlanFile
{
    private static readonly string[] Keys = ["steps", "positions", "cache", "proportional", "seed"];
    private static readonly string[] StepKeys = ["method", "keep", "options", "name"];

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no plan; the message names file, step and key.</exception>
    public static ReductionPlan Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or JsonException)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="ArgumentException">An unknown key, method or option, or a value that does not fit.</exception>
    /// <exception cref="FormatException">A budget that is none.</exception>
    /// <exception cref="JsonException">No JSON.</exception>
    public static ReductionPlan Parse(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject plan)
        {
            throw new ArgumentException("A plan is a JSON object.");
        }

        Check(plan, Keys, "A plan");
        var read = new ReductionPlan
        {
            Positions = Name(plan, "positions", PositionPolicy.Keep),
            Cache = Name(plan, "cache", CachePolicy.Keep),
            ProportionalAttention = Value(plan, "proportional", false),
            Seed = Value(plan, "seed", 0UL),
        };
        foreach (var step in plan["steps"] as JsonArray ?? throw new ArgumentException("A plan has a list of steps."))
        {
            read = Step(read, step as JsonObject ?? throw new ArgumentException("A step is a JSON object."));
        }

        return read;
    }

    private static ReductionPlan Step(ReductionPlan plan, JsonObject step)
    {
        Check(step, StepKeys, "A step");
        string method = Value(step, "method", "") is { Length: > 0 } name ? name : throw new ArgumentException("A step names its method.");
        var options = step["options"] is null ? [] : step["options"] as JsonObject ?? throw new ArgumentException($"The options of {method} are no object.");
        var reducer = KnownReducers.Find(method).Create(options);
        var added = new PlanStep(Value(step, "name", method), reducer, step["keep"] is { } keep ? TokenBudget.Parse(keep.ToString()) : null);
        return reducer.Adjust(plan with { Steps = [.. plan.Steps, added] });
    }

    private static void Check(JsonObject json, string[] keys, string what)
    {
        if (json.Select(entry => entry.Key).FirstOrDefault(key => !keys.Contains(key)) is { } unknown)
        {
            throw new ArgumentException($"{what} has no key '{unknown}'; it has {string.Join(", ", keys)}.");
        }
    }

    private static TEnum Name<TEnum>(JsonObject json, string key, TEnum otherwise)
        where TEnum : struct, Enum
    {
        if (json[key] is not { } value)
        {
            return otherwise;
        }

        var names = Enum.GetValues<TEnum>().ToDictionary(name => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{name}"));
        return names.TryGetValue(value.ToString(), out var found) ? found : throw new ArgumentException($"{key} is '{value}'; it is one of {string.Join(", ", names.Keys)}.");
    }

    private static T Value<T>(JsonObject json, string key, T otherwise) => json[key] switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue(out T? read) && read is not null => read,
        var value => throw new ArgumentException($"{key} cannot be {value.ToJsonString()}."),
    };
}
