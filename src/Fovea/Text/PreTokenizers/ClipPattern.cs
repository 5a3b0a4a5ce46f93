using Fovea.Text.Unicode;

namespace Fovea.Text.PreTokenizers;

/// <summary>The expression of CLIP: <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>; white space does not match.</summary>
internal sealed class ClipPattern : Pattern
{
    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<int> text, int at)
    {
        int contraction = Scan.Contraction(text, at, ignoreCase: false);
        if (contraction > 0)
        {
            return contraction;
        }

        var kind = CharacterClasses.Of(text[at]);
        return kind switch
        {
            CharacterClass.Space => 0,
            CharacterClass.Number => 1,
            _ => Scan.Run(text, at, kind) - at,
        };
    }
}
