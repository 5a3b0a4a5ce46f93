namespace Fovea.Text.PreTokenizers;

/// <summary>Matches a fixed text.</summary>
internal sealed class LiteralPattern(string literal) : Pattern
{
    private readonly int[] _literal = Scalars.Of(literal);

    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<int> text, int at) => text[at..].StartsWith(_literal) ? _literal.Length : 0;
}
