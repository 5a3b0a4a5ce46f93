using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Finds the chat templates in a checkpoint folder, as the processor and the tokenizer of transformers each do.</summary>
internal static class ChatTemplateFiles
{
    private const string Older = "chat_template.json", Newer = "chat_template.jinja", Additional = "additional_chat_templates";

    /// <summary>The templates of a processor: <c>chat_template.json</c>, else the <c>.jinja</c> files, else <c>processor_config.json</c>; null if there are none.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or older and newer files contradict each other.</exception>
    public static ChatTemplateSet? ForProcessor(string folder)
    {
        var additional = ReadAdditional(folder);
        string older = Path.Combine(folder, Older);
        if (File.Exists(older))
        {
            return additional.Count == 0
                ? ReadKey(older)
                : throw new InvalidDataException($"{older} and the folder {Additional} are both there; only one of them can hold the chat templates");
        }

        // An empty file counts as none here.
        string? text = ReadText(folder, Newer) is { Length: > 0 } content ? content : null;
        return Combine(text, additional) ?? ReadKey(Path.Combine(folder, "processor_config.json"));
    }

    /// <summary>The templates of a tokenizer: the <c>.jinja</c> files, else <c>tokenizer_config.json</c>; null if there are none.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static ChatTemplateSet? ForTokenizer(string folder) =>
        Combine(ReadText(folder, Newer), ReadAdditional(folder)) ?? ReadKey(Path.Combine(folder, "tokenizer_config.json"));

    /// <summary>The special tokens that templates see, by name; the list of additional ones apart.</summary>
    public static (Dictionary<string, string> Named, IReadOnlyList<string> Additional) SpecialTokens(string folder)
    {
        var config = TokenizerConfig.Load(folder);
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, content) in config.NamedContents)
        {
            named[name] = content;
        }

        return (named, [.. config.Additional.Select(token => token.Content)]);
    }

    private static ChatTemplateSet? Combine(string? text, Dictionary<string, string> additional)
    {
        if (additional.Count == 0)
        {
            return text is null ? null : ChatTemplateSet.Of(text);
        }

        if (text is not null)
        {
            additional["default"] = text;
        }

        return new ChatTemplateSet(null, additional);
    }

    private static Dictionary<string, string> ReadAdditional(string folder)
    {
        string path = Path.Combine(folder, Additional);
        var templates = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.jinja") : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            templates[Path.GetFileNameWithoutExtension(file)] = File.ReadAllText(file);
        }

        return templates;
    }

    private static string? ReadText(string folder, string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    private static ChatTemplateSet? ReadKey(string path)
    {
        if (!File.Exists(path) || JsonField.Load(path).Optional("chat_template") is not { } field)
        {
            return null;
        }

        if (field.IsText)
        {
            return ChatTemplateSet.Of(field.Text());
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        if (field.IsObject)
        {
            foreach (var (name, value) in field.Properties())
            {
                named[name] = value.Text();
            }
        }
        else
        {
            foreach (var item in field.Items())
            {
                named[item.Required("name").Text()] = item.Required("template").Text();
            }
        }

        return new ChatTemplateSet(null, named);
    }
}
