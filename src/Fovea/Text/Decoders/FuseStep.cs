namespace Fovea.Text.Decoders;

/// <summary>Makes one element of all.</summary>
internal sealed class FuseStep : DecoderStep
{
    private bool _any;

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        Next.Push(text, !_any);
        _any = true;
    }
}
