using Fovea.Text;

namespace Fovea.Models;

/// <summary>How a conversation becomes a prompt: the checkpoint's own chat template, or the family's format where it has none.</summary>
public sealed class ConversationFormat
{
    private readonly ChatTemplate? _template;
    private readonly PromptFormat? _format;

    private ConversationFormat(ChatTemplate? template, PromptFormat? format)
    {
        _template = template;
        _format = format;
    }

    /// <summary>Texts that end an answer; none where the checkpoint has a template of its own, whose end tokens are enough.</summary>
    public IReadOnlyList<string> StopTexts => _format?.StopTexts ?? [];

    /// <summary>The format of a checkpoint.</summary>
    /// <exception cref="ChatTemplateException">The checkpoint's template is not well formed.</exception>
    public static ConversationFormat Load(CheckpointFolder folder)
    {
        var template = ChatTemplate.Load(folder.Path);
        return new ConversationFormat(template, template is null ? BuiltInPromptFormats.ForCheckpoint(folder.Config, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder.Path))) : null);
    }

    /// <summary>A built-in format.</summary>
    public static ConversationFormat Of(PromptFormat format) => new(null, format);

    /// <summary>The prompt, open for the assistant's next turn.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the conversation.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages) => _template?.Render(messages, addGenerationPrompt: true)
        ?? _format?.Render(messages, addGenerationPrompt: true)
        ?? throw new NotSupportedException("The checkpoint has no chat template, and its family has no built-in format.");
}
