using Fovea.Text.Unicode;

namespace Fovea.Text.PreTokenizers;

/// <summary>Matches one numeric character (<c>\p{N}</c>).</summary>
internal sealed class NumberPattern : Pattern
{
    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<int> text, int at) => CharacterClasses.IsNumber(text[at]) ? 1 : 0;
}
