using System.Text.RegularExpressions;

namespace Fovea.Text.Templates;

/// <summary>How a template wants the content of a message: as a list of parts, or as a text.</summary>
internal sealed partial class MessageShape(string template)
{
    private readonly bool _testsText = TextTest().IsMatch(template);
    private readonly bool _knowsParts = template.Contains("type", StringComparison.Ordinal);

    /// <summary>A message as the template gets it.</summary>
    public object? Of(ChatMessage message)
    {
        var value = new MappingValue();
        value.Set("role", message.Role);
        value.Set("content", Content(message));
        foreach (var (name, field) in message.Fields)
        {
            value.Set(name, JsonValues.From(field));
        }

        return value;
    }

    private object? Content(ChatMessage message)
    {
        if (message.Parts.Count == 0 && message.Fields.Count > 0)
        {
            return null;
        }

        bool textOnly = message.Parts.All(part => part is TextPart);
        if (textOnly && (!_knowsParts || (_testsText && message.Parts.Count == 1)))
        {
            return string.Concat(message.Parts.OfType<TextPart>().Select(part => part.Text));
        }

        return new ListValue([.. message.Parts.Select(Part)]);
    }

    private static MappingValue Part(MessagePart part)
    {
        var value = new MappingValue();
        value.Set("type", part switch { TextPart => "text", ImagePart => "image", _ => "video" });
        if (part is TextPart text)
        {
            value.Set("text", text.Text);
        }

        return value;
    }

    [GeneratedRegex("""content['"]?\]?\s+is\s+(not\s+)?string""", RegexOptions.CultureInvariant)]
    private static partial Regex TextTest();
}
