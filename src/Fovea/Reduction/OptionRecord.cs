using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Fovea.Reduction;

/// <summary>A record of which every property is an option: a JSON key and a <c>name=value</c> on a command line, with a description.</summary>
internal static class OptionRecord
{
    /// <summary>A value as a command line gives it: JSON, or else a text.</summary>
    public static JsonNode? ParseValue(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return JsonValue.Create(value);
        }
    }

    /// <summary>The record with the given values over its own defaults.</summary>
    /// <param name="owner">Whose options they are, such as "the method pool".</param>
    /// <param name="json">Values under known names.</param>
    /// <param name="type">The record's JSON contract.</param>
    /// <exception cref="ArgumentException">A value does not fit; the message names it.</exception>
    public static TOptions Read<TOptions>(string owner, JsonObject json, JsonTypeInfo<TOptions> type)
        where TOptions : class, new()
    {
        try
        {
            // Generated contracts set every init-only property, missing ones to zero: so begin with the record's own defaults.
            var complete = JsonSerializer.SerializeToNode(new TOptions(), type) as JsonObject ?? [];
            foreach (var (key, value) in json)
            {
                complete[key] = value?.DeepClone();
            }

            return complete.Deserialize(type) ?? new TOptions();
        }
        catch (JsonException exception)
        {
            string key = (exception.Path ?? "").TrimStart('$', '.');
            var property = type.Properties.FirstOrDefault(property => property.Name == key);
            string wanted = property is null ? exception.Message : $"it takes {TypeName(property.PropertyType)}";
            throw new ArgumentException($"The option {key} of {owner} cannot be {(key.Length > 0 ? json[key]?.ToJsonString() : "read")}: {wanted}.", exception);
        }
    }

    /// <summary>Name, type, default and meaning of each option.</summary>
    public static IReadOnlyList<OptionInfo> Describe<TOptions>(JsonTypeInfo<TOptions> type)
        where TOptions : class, new()
    {
        var defaults = new TOptions();
        return [.. type.Properties.Select(property => new OptionInfo(
            property.Name,
            TypeName(property.PropertyType),
            property.Get?.Invoke(defaults) is { } value ? DefaultText(value) : "",
            property.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute description, ..] ? description.Description : ""))];
    }

    private static string DefaultText(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString()),
        IEnumerable<int> list => $"[{string.Join(", ", list)}]",
        IEnumerable<double> list => $"[{string.Join(", ", list.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]",
        IEnumerable<string> list => string.Join(", ", list),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string TypeName(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsEnum)
        {
            return string.Join("|", Enum.GetNames(bare).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
        }

        return bare == typeof(int) ? "whole number"
            : bare == typeof(double) ? "number"
            : bare == typeof(bool) ? "true|false"
            : bare == typeof(ulong) ? "whole number or text"
            : bare == typeof(string) ? "text"
            : typeof(IEnumerable<string>).IsAssignableFrom(bare) ? "text or list of texts"
            : typeof(IEnumerable<double>).IsAssignableFrom(bare) ? "list of numbers"
            : "list of whole numbers";
    }
}
