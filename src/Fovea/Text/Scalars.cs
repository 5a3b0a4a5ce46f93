using System.Text;

namespace Fovea.Text;

/// <summary>Texts as arrays of Unicode scalar values, and back.</summary>
internal static class Scalars
{
    /// <summary>The scalar values of a text; a lone surrogate becomes U+FFFD.</summary>
    public static int[] Of(string text)
    {
        var scalars = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            scalars.Add(rune.Value);
        }

        return [.. scalars];
    }

    /// <summary>The text of scalar values.</summary>
    public static string ToText(ReadOnlySpan<int> scalars)
    {
        var text = new StringBuilder(scalars.Length);
        foreach (int scalar in scalars)
        {
            Append(text, scalar);
        }

        return text.ToString();
    }

    /// <summary>Appends one scalar value to a text.</summary>
    public static void Append(StringBuilder text, int scalar)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..new Rune(scalar).EncodeToUtf16(units)]);
    }
}
