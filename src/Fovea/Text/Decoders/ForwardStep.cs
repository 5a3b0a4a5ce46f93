namespace Fovea.Text.Decoders;

/// <summary>The end of a chain that hands its text to a callback.</summary>
internal sealed class ForwardStep(Action<string> write) : DecoderStep
{
    /// <inheritdoc/>
    public override void Push(string text, bool begins) => write(text);
}
