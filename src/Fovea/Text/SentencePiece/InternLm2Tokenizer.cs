using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>The tokenizer that comes with InternLM2 checkpoints (<c>InternLM2Tokenizer</c>): the model as it stands, and English spacing cleaned up in every part.</summary>
internal sealed class InternLm2Tokenizer(SentencePieceModel model, AddedTokenList added, TokenizerConfig config) : SentencePieceTokenizer(model, added, config)
{
    /// <inheritdoc/>
    protected override PieceDecodingStyle DecodingStyle => new(DropFirstBlank: false, SpecialBlank.Always, CleanUpParts: true);

    /// <inheritdoc/>
    protected override bool DropsLoneBlank => false;

    /// <inheritdoc/>
    private protected override void EncodePart(ScalarBuffer text, int from, int to, EncodingWorkspace work) =>
        Model.Encode(text, from, to, Model.File.AddDummyPrefix, work);
}
