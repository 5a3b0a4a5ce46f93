using Fovea.Text.Decoders;

namespace Fovea.Text;

/// <summary>Sends the texts of tokens through the decoder steps of a <c>tokenizer.json</c>.</summary>
internal sealed class PipelineDetokenizer(Tokenizer tokenizer, bool skipSpecialTokens) : Detokenizer
{
    private DecoderStep? _first;

    /// <summary>Sets the first of the steps; the last one writes to <see cref="Detokenizer.Output"/>.</summary>
    public void Start(DecoderStep first) => _first = first;

    /// <inheritdoc/>
    public override void Push(int id)
    {
        if (tokenizer.TokenOf(id) is { } token && !(skipSpecialTokens && tokenizer.IsSpecial(id)))
        {
            _first?.Push(token, begins: true);
        }
    }

    /// <inheritdoc/>
    public override void Finish() => _first?.Finish();
}
