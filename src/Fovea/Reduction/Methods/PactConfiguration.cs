using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>
/// A configuration as orailix/PACT reads it: defaults, then a JSON file, then environment variables of exactly a key's name, then what some keys imply, then
/// three checks. Values of the file are not converted, and keys that it does not know stay.
/// </summary>
public sealed class PactConfiguration
{
    /// <summary>The environment variable that names the file.</summary>
    public const string PathVariable = "pact_config_path";

    private static readonly string[] Ours = ["preset", "compatibility"];

    private readonly JsonObject _keys;

    private PactConfiguration(JsonObject keys) => _keys = keys;

    /// <summary>The 52 keys, in the order of the defaults.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. PactJson.Default.PactOptions.Properties.Select(property => property.Name).Where(name => !Ours.Contains(name))];

    /// <summary>Every key's value after loading; unknown ones too.</summary>
    public JsonObject Resolved => (JsonObject)_keys.DeepClone();

    /// <summary>The file that <see cref="PathVariable"/> names; none if it names none, or one that is not there.</summary>
    public static string? NamedFile => Environment.GetEnvironmentVariable(PathVariable) is { } file && File.Exists(file) ? file : null;

    /// <summary>Reads a file, under the environment variables of this process.</summary>
    /// <param name="path">The JSON file, or none for <see cref="NamedFile"/>; if there is none there either, the defaults.</param>
    /// <param name="settings">Keys with values as text, over everything else; none = no more. A <c>preset</c> is below the file.</param>
    /// <exception cref="ArgumentException">A contradiction, or a variable or setting that does not fit its key.</exception>
    /// <exception cref="InvalidDataException">Not a JSON object.</exception>
    /// <exception cref="IOException">A file that was named outright cannot be read.</exception>
    public static PactConfiguration Load(string? path = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var keys = (path ?? NamedFile) is { } file ? ReadFile(file) : [];
        var variables = Variables(Keys.Concat(keys.Select(pair => pair.Key)));
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
        {
            if (Ours.Contains(key))
            {
                keys[key] = value;
            }
            else
            {
                variables[key] = Keys.Contains(key) ? value : throw new ArgumentException($"PACT's configuration has no key '{key}'.");
            }
        }

        return Of(keys, variables);
    }

    /// <summary>Settings of the method over those that environment variables of a key's name give.</summary>
    /// <exception cref="ArgumentException">A variable does not fit its key.</exception>
    public static Dictionary<string, string> OverEnvironment(IReadOnlyDictionary<string, string> settings)
    {
        var all = Variables(Keys).ToDictionary(pair => pair.Key, pair => Parse(pair.Key, pair.Value).ToString(), StringComparer.Ordinal);
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return all;
    }

    /// <summary>Resolves keys and variables.</summary>
    /// <param name="file">What the file holds.</param>
    /// <param name="environment">Variables by name; those that are no keys are passed over.</param>
    /// <exception cref="ArgumentException">A contradiction, or a variable that does not fit its key; the message names it.</exception>
    public static PactConfiguration Of(JsonObject file, IReadOnlyDictionary<string, string> environment)
    {
        var keys = JsonSerializer.SerializeToNode(new PactOptions(), PactJson.Default.PactOptions) as JsonObject ?? [];
        foreach (string own in Ours)
        {
            keys.Remove(own);
        }

        if (file["preset"] is JsonValue preset && preset.TryGetValue(out string? name) && name.Length > 0)
        {
            PactPresets.Lay(keys, PactPresets.Find(name));
        }

        PactPresets.Lay(keys, file);
        foreach (var (key, _) in keys.ToList())
        {
            if (environment.TryGetValue(key, out string? value))
            {
                keys[key] = Parse(key, value);
            }
        }

        if (IsOn(keys, "synchro") || IsOn(keys, "get_performance_metrics"))
        {
            keys["synchro"] = true;
            keys["get_performance_metrics"] = true;
        }

        if (IsOn(keys, "use_tome"))
        {
            keys["progessive_reduction"] = true;
            keys["layer_for_reduction"] = 0;
        }

        PactChecks.Exclusive(key => IsOn(keys, key));
        return new PactConfiguration(keys);
    }

    /// <summary>The method with these keys.</summary>
    /// <param name="compatibility">Defects to reproduce, names separated by commas.</param>
    /// <param name="hooks">Own scores and clusterings; none = the repository's examples.</param>
    /// <exception cref="ArgumentException">An unknown key, or a value that is out of range or of another type; the message names the key.</exception>
    public Pact ToReducer(string compatibility = "", PactHooks? hooks = null)
    {
        foreach (var (key, _) in _keys)
        {
            if (!Keys.Contains(key) && !Ours.Contains(key))
            {
                throw new ArgumentException($"The configuration has the unknown key '{key}'.");
            }
        }

        var keys = Resolved;
        keys["preset"] ??= "";
        keys["compatibility"] = compatibility.Length > 0 ? compatibility : keys["compatibility"] ?? "";

        foreach (var property in PactJson.Default.PactOptions.Properties)
        {
            // An int may stand as 4.0, which the reference takes as it is.
            if (property.PropertyType == typeof(int) && keys[property.Name] is JsonValue number && number.TryGetValue(out double whole) && whole == Math.Truncate(whole) && Math.Abs(whole) < int.MaxValue)
            {
                keys[property.Name] = (int)whole;
            }

            if (keys[property.Name] is null && keys.ContainsKey(property.Name))
            {
                throw new ArgumentException($"The key {property.Name} is null.");
            }
        }

        try
        {
            return new Pact(keys.Deserialize(PactJson.Default.PactOptions) ?? new PactOptions(), hooks);
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The key {(exception.Path ?? "").TrimStart('$', '.')} has a value of another type.", exception);
        }
    }

    /// <summary>The keys that differ from their defaults, as the method <c>pact</c> takes them: settings that do not depend on a file or on the environment.</summary>
    /// <exception cref="ArgumentException">As <see cref="ToReducer"/>.</exception>
    public Dictionary<string, string> ToSettings()
    {
        var defaults = JsonSerializer.SerializeToNode(new PactOptions(), PactJson.Default.PactOptions) as JsonObject ?? [];
        var keys = JsonSerializer.SerializeToNode(ToReducer().Options with { Preset = "" }, PactJson.Default.PactOptions) as JsonObject ?? [];
        return keys.Where(pair => pair.Key == "visual_token_reduction" || !JsonNode.DeepEquals(pair.Value, defaults[pair.Key]))
            .ToDictionary(pair => pair.Key, pair => $"{pair.Value}", StringComparer.Ordinal);
    }

    /// <summary>The plan of these keys.</summary>
    /// <param name="compatibility">Defects to reproduce, names separated by commas.</param>
    /// <param name="hooks">Own scores and clusterings; none = the repository's examples.</param>
    /// <exception cref="ArgumentException">As <see cref="ToReducer"/>.</exception>
    public ReductionPlan ToPlan(string compatibility = "", PactHooks? hooks = null)
    {
        var pact = ToReducer(compatibility, hooks);
        return pact.Adjust(new ReductionPlan { Steps = [new PlanStep(Pact.Descriptor.Name, pact, null)] });
    }

    /// <summary>What will happen, step by step, in a decoder of so many layers.</summary>
    public JsonArray Steps(int layers) => PactSteps.Of(_keys, layers);

    /// <summary>Whether a key is true.</summary>
    internal static bool IsOn(JsonObject keys, string key) => keys[key] is JsonValue value && value.TryGetValue(out bool on) && on;

    private static JsonObject ReadFile(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new InvalidDataException($"{path} holds no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no JSON: {exception.Message}", exception);
        }
    }

    private static Dictionary<string, string> Variables(IEnumerable<string> names)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    private static JsonNode Parse(string key, string text)
    {
        var type = PactJson.Default.PactOptions.Properties.FirstOrDefault(property => property.Name == key)?.PropertyType
            ?? throw new ArgumentException($"The setting {key} is of a key that does not exist.");
        if (type == typeof(bool))
        {
            return text.ToLowerInvariant() is "true" or "1" or "yes";
        }

        string trimmed = text.Trim();
        if (type == typeof(int))
        {
            return int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole)
                ? whole
                : throw new ArgumentException($"{key} is set to '{text}'; it takes a whole number.");
        }

        if (type == typeof(double))
        {
            return double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : throw new ArgumentException($"{key} is set to '{text}'; it takes a number.");
        }

        return text;
    }
}
