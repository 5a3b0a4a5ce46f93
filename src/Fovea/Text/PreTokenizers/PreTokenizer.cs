namespace Fovea.Text.PreTokenizers;

/// <summary>One step that cuts a normalised piece into words, or rewrites its words.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the words of <paramref name="source"/>, cut or rewritten, to the empty <paramref name="target"/>.</summary>
    public abstract void Apply(ScalarBuffer source, ScalarBuffer target);
}
