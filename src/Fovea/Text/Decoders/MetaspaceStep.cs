namespace Fovea.Text.Decoders;

/// <summary>The visible blank to a blank; the one in front of the first element vanishes.</summary>
internal sealed class MetaspaceStep(char replacement, bool dropFirst) : DecoderStep
{
    private bool _any;

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        if (!_any && dropFirst && text.StartsWith(replacement))
        {
            text = text[1..];
        }

        _any = true;
        Next.Push(text.Replace(replacement, ' '), begins);
    }
}
