namespace Fovea.Text;

/// <summary>How images and videos stand in a turn of a fixed prompt format.</summary>
/// <param name="Image">What stands for an image.</param>
/// <param name="Video">What stands for a video.</param>
/// <param name="InPlace">Whether they stand where their parts do; otherwise all come before the text.</param>
/// <param name="BeforeText">What stands before each text.</param>
/// <param name="BetweenTexts">What stands between two texts.</param>
internal sealed record PromptMedia(string Image, string Video, bool InPlace = false, string BeforeText = "", string BetweenTexts = "")
{
    /// <summary>A line for each, before the text.</summary>
    public static PromptMedia Lines { get; } = new("<image>\n", "<video>\n");

    /// <summary>The content of a turn. A text that holds a placeholder itself keeps it, and the parts of that kind add none.</summary>
    public string Write(IReadOnlyList<MessagePart> parts)
    {
        var texts = parts.OfType<TextPart>().ToList();
        bool Holds(string placeholder) => texts.Any(part => part.Text.Contains(placeholder.TrimEnd('\n'), StringComparison.Ordinal));
        string image = Holds(Image) ? "" : Image, video = Holds(Video) ? "" : Video;
        if (InPlace)
        {
            return string.Concat(parts.Select(part => part switch { TextPart text => text.Text, ImagePart => image, _ => video }));
        }

        string media = string.Concat(parts.OfType<ImagePart>().Select(_ => image)) + string.Concat(parts.OfType<VideoPart>().Select(_ => video));
        return media + string.Join(BetweenTexts, texts.Select(part => BeforeText + part.Text));
    }
}
