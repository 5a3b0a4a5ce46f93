using System.Text;

namespace Fovea.Text;

/// <summary>A fixed prompt format for checkpoints that come without a chat template.</summary>
public sealed record PromptFormat
{
    internal PromptFormat(string name) => Name = name;

    /// <summary>The name, as LLaVA and InternVL call it; of the formats of the Hugging Face layout, Fovea's own.</summary>
    public string Name { get; }

    /// <summary>The system text used when a conversation has none; null if the format then has no system part.</summary>
    public string? DefaultSystem { get; init; }

    /// <summary>Texts at which an answer ends, besides the end tokens of the model.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>What stands around a system text; null if the format has no place for one.</summary>
    internal (string Open, string Close)? System { get; init; }

    /// <summary>Whether the system text stands inside the first user turn.</summary>
    internal bool SystemInsideUser { get; init; }

    /// <summary>What stands around the first user text.</summary>
    internal (string Open, string Close) User { get; init; }

    /// <summary>What opens later user texts; null = the same.</summary>
    internal string? LaterUserOpen { get; init; }

    /// <summary>What stands around an answer.</summary>
    internal (string Open, string Close) Assistant { get; init; }

    /// <summary>What opens the answer that the model is to give.</summary>
    internal string Prompt { get; init; } = "";

    /// <summary>How media stand in a turn.</summary>
    internal PromptMedia Media { get; init; } = PromptMedia.Lines;

    /// <summary>The prompt of a conversation. Texts are inserted as they are.</summary>
    /// <param name="messages">The messages; a system message, first of all, replaces the default one.</param>
    /// <param name="addGenerationPrompt">Whether to open the assistant's turn at the end.</param>
    /// <exception cref="ChatTemplateException">The format has no place for a role or a system message (kind <see cref="ChatTemplateError.Request"/>).</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => Render(messages, addGenerationPrompt, emptyIsOpen: false);

    /// <summary>The prompt of a conversation in which a turn without text is open, as the conversation classes of LLaVA have it.</summary>
    /// <exception cref="ChatTemplateException">As in <see cref="Render(IReadOnlyList{ChatMessage}, bool)"/>.</exception>
    internal string RenderTurns(IReadOnlyList<ChatMessage> messages) => Render(messages, addGenerationPrompt: false, emptyIsOpen: true);

    private string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, bool emptyIsOpen)
    {
        bool hasSystem = messages.Count > 0 && messages[0].Role == "system";
        string? system = hasSystem ? Media.Write(messages[0].Parts) : DefaultSystem;
        var text = new StringBuilder();
        string inside = "";
        if (system is not null)
        {
            var (open, close) = System ?? throw new ChatTemplateException(ChatTemplateError.Request, $"the prompt format {Name} has no place for a system message");
            inside = SystemInsideUser ? open + system + close : "";
            text.Append(SystemInsideUser ? "" : open + system + close);
        }

        bool first = true;
        foreach (var message in messages.Skip(hasSystem ? 1 : 0))
        {
            string content = Media.Write(message.Parts);
            bool isOpen = emptyIsOpen && content.Length == 0;
            switch (message.Role)
            {
                case "user" or "assistant" when isOpen:
                    text.Append(SystemInsideUser ? "" : (message.Role == "user" ? User.Open : Assistant.Open).TrimEnd(' '));
                    first = false;
                    break;
                case "user":
                    text.Append(first ? User.Open : LaterUserOpen ?? User.Open).Append(first ? inside : "").Append(content).Append(User.Close);
                    first = false;
                    break;
                case "assistant":
                    text.Append(Assistant.Open).Append(content).Append(Assistant.Close);
                    break;
                default:
                    throw new ChatTemplateException(ChatTemplateError.Request, $"the prompt format {Name} knows no role \"{message.Role}\" at this place");
            }
        }

        return text.Append(addGenerationPrompt ? Prompt : "").ToString();
    }
}
