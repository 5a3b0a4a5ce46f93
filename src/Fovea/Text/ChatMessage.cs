namespace Fovea.Text;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: user, assistant, system.</param>
/// <param name="Parts">What is said, in order.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<MessagePart> Parts)
{
    /// <summary>A user's message: pictures first, then text.</summary>
    public static ChatMessage User(string text, int images = 0) => new("user", [.. Enumerable.Repeat<MessagePart>(new ImagePart(), images), new TextPart(text)]);

    /// <summary>An assistant's message.</summary>
    public static ChatMessage Assistant(string text) => new("assistant", [new TextPart(text)]);
}
