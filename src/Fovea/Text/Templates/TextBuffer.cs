using System.Text;

namespace Fovea.Text.Templates;

/// <summary>A growing text whose length in code points is bounded.</summary>
internal sealed class TextBuffer(ChatTemplateLimits limits)
{
    private readonly StringBuilder _text = new();

    /// <summary>Length in code points.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a text.</summary>
    /// <exception cref="ChatTemplateException">The result would be too long.</exception>
    public void Append(string text)
    {
        Length = CheckLength((long)Length + Texts.Length(text), limits);
        _text.Append(text);
    }

    /// <summary>Refuses a text that would be too long.</summary>
    public static int CheckLength(long codePoints, ChatTemplateLimits limits) => codePoints <= limits.TextLength
        ? (int)codePoints
        : throw TemplateFailure.Limit($"a text of {codePoints} characters is longer than the {limits.TextLength} allowed");

    /// <summary>The text.</summary>
    public override string ToString() => _text.ToString();
}
