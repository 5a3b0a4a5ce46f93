using System.Text.Json;

namespace Fovea.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, or whatever the template knows.</param>
/// <param name="Parts">What is said and shown, in order.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>Further keys that templates may use, such as <c>tool_calls</c>, <c>name</c> or <c>reasoning_content</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>What the user asks.</summary>
    /// <param name="text">The question.</param>
    /// <param name="images">Number of images shown before the text.</param>
    /// <param name="videos">Number of videos shown before the text, behind the images.</param>
    public static ChatMessage User(string text, int images = 0, int videos = 0) =>
        new("user", [.. Enumerable.Repeat(new ImagePart(), images), .. Enumerable.Repeat(new VideoPart(), videos), new TextPart(text)]);

    /// <summary>What the assistant answered.</summary>
    public static ChatMessage Assistant(string text) => new("assistant", [new TextPart(text)]);

    /// <summary>The instructions of the conversation.</summary>
    public static ChatMessage System(string text) => new("system", [new TextPart(text)]);
}
