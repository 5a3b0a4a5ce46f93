namespace Fovea.Text.Normalizers;

/// <summary>One step that rewrites a piece of text before it is split.</summary>
internal abstract class Normalizer
{
    /// <summary>Appends the rewritten <paramref name="source"/> to the empty <paramref name="target"/>.</summary>
    /// <returns>False if nothing changes; <paramref name="target"/> is then left in any state and <paramref name="source"/> stands.</returns>
    public abstract bool Apply(ScalarBuffer source, ScalarBuffer target);
}
