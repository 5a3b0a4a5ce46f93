using System.Text;

namespace Fovea.Text.Templates;

/// <summary>A growing text whose length in code points and depth of containers are bounded.</summary>
internal sealed class TextBuffer(ChatTemplateLimits limits)
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Length in code points.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a text.</summary>
    /// <exception cref="ChatTemplateException">The result would be too long.</exception>
    public void Append(string text)
    {
        Length = CheckLength((long)Length + Texts.Length(text), limits);
        _text.Append(text);
    }

    /// <summary>Appends the bracket with which a list or mapping begins.</summary>
    /// <exception cref="ChatTemplateException">It lies in too many others, or the result would be too long.</exception>
    public void Open(string bracket)
    {
        if (++_depth > limits.ValueDepth)
        {
            throw TemplateFailure.Limit($"a value nests deeper than the {limits.ValueDepth} levels allowed");
        }

        Append(bracket);
    }

    /// <summary>Appends the bracket with which it ends.</summary>
    public void Close(string bracket)
    {
        _depth--;
        Append(bracket);
    }

    /// <summary>Refuses a text that would be too long.</summary>
    public static int CheckLength(long codePoints, ChatTemplateLimits limits) => codePoints <= limits.TextLength
        ? (int)codePoints
        : throw TemplateFailure.Limit($"a text of {codePoints} characters is longer than the {limits.TextLength} allowed");

    /// <summary>The text.</summary>
    public override string ToString() => _text.ToString();
}
