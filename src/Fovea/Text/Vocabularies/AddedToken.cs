namespace Fovea.Text.Vocabularies;

/// <summary>A token that is found in the text before anything else happens to it.</summary>
/// <param name="Content">The text.</param>
/// <param name="Id">The token id; −1 as long as none is assigned.</param>
internal sealed record AddedToken(string Content, int Id = -1)
{
    // Matching walks the text once per start; this bounds the walk.
    private const int MaxLength = 1024;

    /// <summary>Not found inside a word.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it along.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes the white space after it along.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Is searched in the normalised text.</summary>
    public bool Normalized { get; init; }

    /// <summary>Is left out of decoded text on request.</summary>
    public bool Special { get; init; }

    /// <summary>Reads a token: a text, which gives <paramref name="special"/>, or an object with flags.</summary>
    public static AddedToken Read(JsonField field, bool special, int id = -1)
    {
        string content = field.IsText ? field.Text() : field.Required("content").Text();
        if (content.Length > MaxLength)
        {
            throw field.Error($"is a token of {content.Length} characters; {MaxLength} are allowed");
        }

        return field.IsText ? new AddedToken(content, id) { Special = special, Normalized = !special } : new AddedToken(content, id)
        {
            SingleWord = field.Flag("single_word"),
            LeftStrip = field.Flag("lstrip"),
            RightStrip = field.Flag("rstrip"),
            Normalized = field.Flag("normalized", absent: !special),
            Special = field.Flag("special", absent: special),
        };
    }
}
