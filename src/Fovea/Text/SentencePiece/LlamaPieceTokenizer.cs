using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>The Llama tokenizer on a SentencePiece model (<c>LlamaTokenizer</c>), in its older and its newer treatment of blanks.</summary>
internal sealed class LlamaPieceTokenizer(SentencePieceModel model, AddedTokenList added, TokenizerConfig config) : SentencePieceTokenizer(model, added, config)
{
    private readonly bool _prefix = config.AddPrefixSpace ?? true;

    /// <inheritdoc/>
    protected override PieceDecodingStyle DecodingStyle => new(_prefix, Config.Legacy ? SpecialBlank.Inside : SpecialBlank.None);

    /// <inheritdoc/>
    protected override bool DropsLoneBlank => !Config.Legacy;

    /// <inheritdoc/>
    internal override bool HasDummyPrefix => Config.Legacy && Model.File.AddDummyPrefix;

    /// <inheritdoc/>
    private protected override ScalarBuffer Prepare(EncodingWorkspace work)
    {
        if (Config.Legacy || work.Input.Count == 0)
        {
            return work.Input;
        }

        work.Piece.Clear();
        if (_prefix)
        {
            work.Piece.Add(Blank, 0, 0);
        }

        for (int i = 0; i < work.Input.Count; i++)
        {
            int scalar = work.Input.Scalars[i];
            work.Piece.Add(scalar == Blank ? ' ' : scalar, work.Input.Start(i), work.Input.End(i));
        }

        return work.Piece;
    }

    /// <inheritdoc/>
    private protected override void EncodePart(ScalarBuffer text, int from, int to, EncodingWorkspace work)
    {
        if (Config.Legacy)
        {
            Model.Encode(text, from, to, Model.File.AddDummyPrefix, work);
        }
        else if (text.Scalars[from] is Blank or ' ')
        {
            EncodeBehindUnknown(text, from, to, work);
        }
        else
        {
            Model.Encode(text, from, to, dummyPrefix: false, work);
        }
    }
}
