using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>
/// PriorTR's argument texts, <c>strategy=priortr,keep_tokens=64</c> for the evaluation wrappers and <c>--vtr_strategy fastv</c> for the video script, as its
/// wrappers understand them: which names each takes, and what their set-up fills in.
/// </summary>
internal static class PriorTrArguments
{
    private const string Prefix = "vtr_";

    /// <summary>Cuts an argument text at its commas, those in brackets left alone, or at spaces if it has flags.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        if (text.TrimStart().StartsWith("--", StringComparison.Ordinal))
        {
            return text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        var parts = new List<string>();
        int depth = 0, start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            depth += i < text.Length && text[i] == '[' ? 1 : i < text.Length && text[i] == ']' ? -1 : 0;
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        return [.. parts.Where(part => part.Length > 0)];
    }

    /// <summary>The configuration's fields that the arguments come to.</summary>
    /// <param name="copy">Whose wrapper.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="anyResolution">LLaVA: whether pictures are tiled (1.6).</param>
    /// <param name="honoursRatio">LLaVA: whether a share counts that the wrapper would override by its own count.</param>
    /// <param name="warnings">Receives what is understood and has no effect.</param>
    /// <exception cref="ArgumentException">A name or a value that the wrapper refuses.</exception>
    public static JsonObject Read(PriorTrCopy copy, IReadOnlyList<string> arguments, bool anyResolution, bool honoursRatio, List<string> warnings)
    {
        var given = copy == PriorTrCopy.Video ? Flags(copy, arguments) : Pairs(copy, arguments, warnings);
        return copy.Name switch
        {
            "llava" => Llava(given, anyResolution, honoursRatio, warnings),
            "internvl" => InternVl(given, warnings),
            "video" => Video(given),
            _ => Qwen(given),
        };
    }

    private static JsonObject Pairs(PriorTrCopy copy, IReadOnlyList<string> arguments, List<string> warnings)
    {
        var given = new JsonObject();
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? argument[..equals] : throw new ArgumentException($"The argument '{argument}' is not of the form name=value.");
            string? field = Field(copy, name);
            if (field is not null)
            {
                given[field] = PriorTrFields.Typed(argument[(equals + 1)..]);
            }
            else if (!copy.LoaderArguments.Contains(name))
            {
                string message = $"PriorTR's {copy.Name} wrapper has no argument '{name}'";
                warnings.Add(copy.KeepsAtLeastOne ? throw new ArgumentException(message + ".") : message + "; it ignores it, and so does this run.");
            }
        }

        return given;
    }

    private static string? Field(PriorTrCopy copy, string name)
    {
        bool prefixed = name.StartsWith(Prefix, StringComparison.Ordinal);
        string field = prefixed ? name[Prefix.Length..] : name;
        bool spelled = copy.Name switch { "llava" => true, "internvl" => !prefixed, _ => prefixed };
        return spelled && (copy.ArgumentFields.Count > 0 ? copy.ArgumentFields.Contains(field) : copy.Defaults().ContainsKey(field)) ? field : null;
    }

    private static JsonObject Flags(PriorTrCopy copy, IReadOnlyList<string> arguments)
    {
        var given = new JsonObject();
        for (int i = 0; i < arguments.Count;)
        {
            string flag = arguments[i++];
            string name = flag.StartsWith("--", StringComparison.Ordinal) ? flag[2..] : throw new ArgumentException($"'{flag}' belongs to no flag.");
            string[] values = [.. arguments.Skip(i).TakeWhile(next => !next.StartsWith("--", StringComparison.Ordinal))];
            i += values.Length;
            string field = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : "";
            if (!copy.ArgumentFields.Contains(field))
            {
                _ = copy.LoaderArguments.Contains(name) ? "" : throw new ArgumentException($"PriorTR's video script has no flag '{flag}'.");
                continue;
            }

            bool right = field switch { "enabled" => values.Length == 0, "ref_layers" => true, _ => values.Length == 1 };
            given[field] = !right ? throw new ArgumentException($"{flag} is followed by {values.Length} values.")
                : field == "enabled" ? true
                : field == "ref_layers" ? new JsonArray([.. values.Select(PriorTrFields.Typed)]) : PriorTrFields.Typed(values[0]);
        }

        return given;
    }

    private static JsonObject Llava(JsonObject given, bool anyResolution, bool honoursRatio, List<string> warnings)
    {
        given.TryAdd("enabled", true);
        if (given["ref_layers"] is JsonValue reference)
        {
            _ = reference.ToString() == "0" ? "" : throw new ArgumentException("ref_layers takes a list in brackets, such as [2].");
            given.Remove("ref_layers");
        }

        bool clse = PriorTrFields.Text(given, "strategy") == "clse";
        if (clse && anyResolution)
        {
            throw new ArgumentException("PriorTR's LLaVA copy has clse for LLaVA-1.5 only, whose picture is one grid.");
        }

        bool ratio = honoursRatio && given["keep_ratio"] is not null;
        if (given["keep_tokens"] is null && !ratio && !(clse && given["retain_ratio"] is not null))
        {
            given["keep_tokens"] = anyResolution ? 320 : 192;
            warnings.Add($"PriorTR's LLaVA wrapper fills in keep_tokens={given["keep_tokens"]} where it is not given{(given["keep_ratio"] is null ? "" : ", so keep_ratio has no effect")}.");
        }

        given["query_aggregation"] ??= anyResolution ? "last" : "question";
        return given;
    }

    private static JsonObject InternVl(JsonObject given, List<string> warnings)
    {
        given["enabled"] = given["strategy"] is { } strategy && strategy.ToString() != "baseline";
        if (PriorTrFields.Single(given, "keep_tokens") == 0)
        {
            warnings.Add("PriorTR's InternVL wrapper takes keep_tokens=0 for not given, so keep_ratio decides.");
            given.Remove("keep_tokens");
        }

        return PriorTrFields.Wholes(given, "prune_layer") is null or { Count: 1 }
            ? given
            : throw new ArgumentException("PriorTR's InternVL wrapper takes one prune_layer.");
    }

    private static JsonObject Qwen(JsonObject given)
    {
        given.TryAdd("enabled", true);
        return given;
    }

    private static JsonObject Video(JsonObject given)
    {
        given.TryAdd("strategy", "priortr_2f");
        given.TryAdd("prune_layer", 3);
        given.TryAdd("keep_tokens", 194);
        given.TryAdd("query_aggregation", "question");
        if (PriorTrFields.Text(given, "strategy") == "clse")
        {
            int layer = PriorTrFields.Wholes(given, "prune_layer")?[0] ?? 3;
            given["prune_layer"] = new JsonArray(layer);
            given["ref_layers"] ??= new JsonArray(layer - 1);
        }

        return given;
    }
}
