namespace Fovea.Text;

/// <summary>The chat templates of a checkpoint: a single one, or several with names.</summary>
/// <param name="Single">The text of the single one; null where they have names.</param>
/// <param name="Named">The named ones.</param>
internal sealed record ChatTemplateSet(string? Single, IReadOnlyDictionary<string, string> Named)
{
    /// <summary>A single template.</summary>
    public static ChatTemplateSet Of(string text) => new(text, new Dictionary<string, string>());

    /// <summary>The template of a name; null if there is none.</summary>
    public string? Find(string name) => Single is null ? Named.GetValueOrDefault(name) : null;

    /// <summary>The template used without a name.</summary>
    /// <param name="forTools">Prefer the one for tools.</param>
    /// <exception cref="ChatTemplateException">Several exist and none is the default.</exception>
    public string Default(bool forTools) => Single ?? (forTools ? Find("tool_use") : null) ?? Find("default")
        ?? throw new ChatTemplateException(ChatTemplateError.Request, $"the checkpoint has the chat templates {string.Join(", ", Named.Keys)}, and none is the default: name one");
}
