using System.Text.Json;

namespace Fovea.Text.Templates;

/// <summary>JSON as values of a template: the order of keys stays, and 1 is an integer where 1.0 is a float.</summary>
internal static class JsonValues
{
    /// <summary>Converts a JSON value.</summary>
    /// <exception cref="ChatTemplateException">An integer does not fit into 64 bits, or a text is not valid Unicode.</exception>
    public static object? From(JsonElement element)
    {
        TemplateFailure.GuardStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var mapping = new MappingValue();
                foreach (var property in element.EnumerateObject())
                {
                    mapping.Set(Read(() => property.Name), From(property.Value));
                }

                return mapping;
            case JsonValueKind.Array:
                return new ListValue([.. element.EnumerateArray().Select(From)]);
            case JsonValueKind.String:
                return Read(() => element.GetString() ?? "");
            case JsonValueKind.Number:
                return Number(element);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static object Number(JsonElement element)
    {
        string text = element.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
        {
            return element.GetDouble();
        }

        return element.TryGetInt64(out long integer) ? integer : throw TemplateFailure.Limit($"the integer {text} does not fit into 64 bits");
    }

    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            throw new ChatTemplateException(ChatTemplateError.Request, "a text of the request is not valid Unicode");
        }
    }
}
