using System.Text;
using Fovea.Text;

namespace Fovea.Models;

/// <summary>How a conversation becomes a prompt.</summary>
public sealed class PromptFormat
{
    /// <summary>The format of a checkpoint.</summary>
    public static PromptFormat Load(string folder, string family) => new();

    /// <summary>The prompt, open for the assistant's next turn.</summary>
    public string Render(IReadOnlyList<ChatMessage> messages)
    {
        var prompt = new StringBuilder();
        foreach (var message in messages)
        {
            prompt.Append(message.Role == "user" ? "USER: " : "ASSISTANT: ");
            foreach (var part in message.Parts.Where(part => part is not TextPart))
            {
                prompt.Append(part is VideoPart ? "<video>\n" : "<image>\n");
            }

            foreach (var part in message.Parts.OfType<TextPart>())
            {
                prompt.Append(part.Text);
            }

            prompt.Append(message.Role == "user" ? " " : "</s>");
        }

        return prompt.Append("ASSISTANT:").ToString();
    }
}
