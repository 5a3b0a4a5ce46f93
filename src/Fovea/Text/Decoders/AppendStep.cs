using System.Text;

namespace Fovea.Text.Decoders;

/// <summary>The end of a chain: joins everything.</summary>
internal sealed class AppendStep(StringBuilder output) : DecoderStep
{
    /// <inheritdoc/>
    public override void Push(string text, bool begins) => output.Append(text);
}
