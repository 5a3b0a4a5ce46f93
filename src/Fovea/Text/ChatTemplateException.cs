namespace Fovea.Text;

/// <summary>A chat template could not be parsed or rendered.</summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>An error of a kind, with its message and, for syntax errors, its line.</summary>
    /// <param name="error">The kind.</param>
    /// <param name="message">What happened; for <see cref="ChatTemplateError.Raised"/> the template's own words.</param>
    /// <param name="line">Line of the template, from 1; null where none is known.</param>
    public ChatTemplateException(ChatTemplateError error, string message, int? line = null)
        : base(message)
    {
        Error = error;
        Line = line;
    }

    /// <summary>The kind of error.</summary>
    public ChatTemplateError Error { get; }

    /// <summary>Line of the template, from 1, after line ends were made uniform; null where none is known.</summary>
    public int? Line { get; }
}
