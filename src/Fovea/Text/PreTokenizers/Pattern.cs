namespace Fovea.Text.PreTokenizers;

/// <summary>A splitting expression, as a scanner over scalar values: linear time, and independent of the runtime's regular expressions and Unicode version.</summary>
internal abstract class Pattern
{
    /// <summary>Length of the match that begins at <paramref name="at"/>; 0 if there is none.</summary>
    public abstract int Match(ReadOnlySpan<int> text, int at);
}
