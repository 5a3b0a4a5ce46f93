namespace Fovea.Text.Templates;

/// <summary>Finds the place where a conversation is to be continued, with a mark at the end of its last text.</summary>
internal sealed class FinalMessage
{
    private const string Marker = "CONTINUE_FINAL_MESSAGE_TAG ";

    private readonly string _text;

    private FinalMessage(ListValue messages, string text)
    {
        Messages = messages;
        _text = text;
    }

    /// <summary>The messages with the mark.</summary>
    public ListValue Messages { get; }

    /// <summary>Puts the mark at the end of the last message's text, or of the last of its parts that has one.</summary>
    /// <exception cref="ChatTemplateException">There is no such text, or the assistant's turn is to be opened as well.</exception>
    public static FinalMessage Mark(object? messages, bool addGenerationPrompt)
    {
        if (addGenerationPrompt)
        {
            throw new ChatTemplateException(ChatTemplateError.Request, "the final message cannot be continued where a new turn is opened");
        }

        if (messages is not ListValue { Items.Count: > 0 } list || list.Items[^1] is not MappingValue final || !final.TryGet("content", out object? content))
        {
            throw new ChatTemplateException(ChatTemplateError.Request, "there is no final message to continue");
        }

        string text;
        object marked;
        switch (content)
        {
            case string whole:
                (text, marked) = (whole, whole + Marker);
                break;
            case ListValue parts:
                (text, marked) = MarkParts(parts);
                break;
            default:
                throw TemplateFailure.Runtime("the final message has no text to continue");
        }

        return new FinalMessage(new ListValue([.. list.Items.Take(list.Items.Count - 1), With(final, "content", marked)]), text);
    }

    /// <summary>Ends a rendered text where the mark is.</summary>
    /// <exception cref="ChatTemplateException">The template did not print the message.</exception>
    public string Cut(string rendered)
    {
        string mark = Texts.Strip(Marker, null);
        int at = rendered.LastIndexOf(mark, StringComparison.Ordinal);
        if (at < 0 || !rendered.Contains(Texts.Strip(_text, null), StringComparison.Ordinal))
        {
            throw new ChatTemplateException(ChatTemplateError.Request, "the chat template does not print the final message as it is, so it cannot be continued");
        }

        // A template that trims the message has taken the blank of the mark.
        bool kept = string.CompareOrdinal(rendered, at, Marker, 0, Marker.Length) == 0;
        return kept ? rendered[..at] : Texts.Strip(rendered[..at], null, left: false);
    }

    private static (string Text, object Marked) MarkParts(ListValue parts)
    {
        for (int i = parts.Items.Count - 1; i >= 0; i--)
        {
            if (parts.Items[i] is MappingValue part && part.TryGet("text", out object? value))
            {
                string text = value as string ?? throw TemplateFailure.Runtime("the text of the final message is no text");
                return (text, new ListValue([.. parts.Items.Take(i), With(part, "text", text + Marker), .. parts.Items.Skip(i + 1)]));
            }
        }

        throw new ChatTemplateException(ChatTemplateError.Request, "the final message has no text to continue");
    }

    private static MappingValue With(MappingValue mapping, string key, object? value)
    {
        var copy = new MappingValue();
        foreach (var (name, item) in mapping.Entries)
        {
            copy.Set(name, item);
        }

        copy.Set(key, value);
        return copy;
    }
}
