namespace Fovea.Text.Decoders;

/// <summary>Puts a blank between elements: what happens where a file names no decoder.</summary>
internal sealed class JoinStep : DecoderStep
{
    private bool _any;

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        Next.Push(_any && begins ? " " + text : text, begins);
        _any = true;
    }
}
