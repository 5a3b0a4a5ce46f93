using System.Text.Json;
using System.Text.RegularExpressions;
using Fovea.Models;
using Fovea.Text;

namespace Fovea.Golden;

/// <summary>A case of InternVL's original layout, which has a question and a history of texts with <c>&lt;image&gt;</c> in place, and a prompt that is expanded.</summary>
internal sealed partial class OriginalInternVlCase(GoldenCase golden)
{
    /// <summary>The prompt that the engine makes of question and history, compared with the expanded one.</summary>
    public string CheckedPrompt(MultimodalModel model)
    {
        int frames = golden.Root.TryGetProperty("frames", out var files) ? files.GetArrayLength() : 0;
        string lines = string.Join('\n', Enumerable.Range(1, frames).Select(frame => $"Frame{frame}: <image>"));
        string Engine(string text) => frames > 0 ? text.Replace(lines, "<video>", StringComparison.Ordinal) : text;
        var messages = golden.Root.GetProperty("history").EnumerateArray().Select(turn => Message(turn, Engine)).ToList();
        int images = messages.Count == 0 ? golden.Root.GetProperty("images").GetArrayLength() : 0;
        messages.Add(ChatMessage.User(Engine(golden.Root.GetProperty("question").GetString() ?? ""), images));
        if (golden.Root.TryGetProperty("system", out var system) && system.ValueKind == JsonValueKind.String)
        {
            messages.Insert(0, ChatMessage.System(system.GetString() ?? ""));
        }

        string prompt = model.Prompt(messages);
        Compare.Text("prompt", Expanded().Replace(golden.Root.GetProperty("prompt").GetString() ?? "", "<image>"), prompt.Replace("<video>", lines, StringComparison.Ordinal));
        return prompt;
    }

    private static ChatMessage Message(JsonElement turn, Func<string, string> engine) =>
        new(turn[0].GetString() ?? "", [new TextPart(engine(turn[1].GetString() ?? ""))]);

    [GeneratedRegex("<img>(?:<IMG_CONTEXT>)+</img>")]
    private static partial Regex Expanded();
}
