using Fovea.Text.Unicode;

namespace Fovea.Text.PreTokenizers;

/// <summary>The expression of GPT-2: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal sealed class Gpt2Pattern : Pattern
{
    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<int> text, int at)
    {
        int contraction = Scan.Contraction(text, at, ignoreCase: false);
        if (contraction > 0)
        {
            return contraction;
        }

        int from = text[at] == ' ' && at + 1 < text.Length ? at + 1 : at;
        var kind = CharacterClasses.Of(text[from]);
        return kind == CharacterClass.Space ? Scan.Spaces(text, at) : Scan.Run(text, from, kind) - at;
    }
}
