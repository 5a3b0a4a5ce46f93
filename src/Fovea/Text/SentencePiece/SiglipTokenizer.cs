using Fovea.Text.Unicode;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>The tokenizer of SigLIP's text tower (<c>SiglipTokenizer</c>): lower case, no ASCII punctuation, single blanks, the end token once.</summary>
internal sealed class SiglipTokenizer : SentencePieceTokenizer
{
    private readonly AddedTokenMatcher _names;
    private readonly int[] _end;

    /// <summary>Puts model and added tokens together.</summary>
    public SiglipTokenizer(SentencePieceModel model, AddedTokenList added, TokenizerConfig config)
        : base(model, added, config)
    {
        var names = added.Tokens.Where(token => IsSpecial(token.Id) || (!token.Special && token.Normalized));
        _names = new([.. names.Select(token => token with { LeftStrip = false, RightStrip = false, SingleWord = false })], token => Scalars.Of(token.Content), false);
        _end = EosId is { } end ? [end] : [];
    }

    /// <inheritdoc/>
    protected override PieceDecodingStyle DecodingStyle => new(DropFirstBlank: false, SpecialBlank.Always, TrimParts: true);

    /// <inheritdoc/>
    protected override bool DropsLoneBlank => true;

    /// <inheritdoc/>
    internal override bool HasDummyPrefix => false;

    /// <inheritdoc/>
    private protected override ScalarBuffer Prepare(EncodingWorkspace work)
    {
        var text = work.Piece;
        text.Clear();
        text.Add(Blank, 0, 0);
        work.Segments.Clear();
        _names.Split(work.Input.Scalars, work.Segments);
        Span<int> mapped = stackalloc int[2];
        foreach (var segment in work.Segments)
        {
            for (int i = segment.From; i < segment.To; i++)
            {
                int scalar = work.Input.Scalars[i];
                scalar = scalar == Blank ? ' ' : scalar;
                int count = 1;
                mapped[0] = scalar;
                if (segment.Id < 0 && Config.LowerCase)
                {
                    count = CaseMapping.ToLower(scalar, mapped);
                }

                foreach (int lower in mapped[..count])
                {
                    text.Add(lower, work.Input.Start(i), work.Input.End(i));
                }
            }
        }

        return text;
    }

    /// <inheritdoc/>
    private protected override void EncodePart(ScalarBuffer text, int from, int to, EncodingWorkspace work)
    {
        var canonical = work.SpareWords;
        canonical.Clear();
        for (int i = from; i < to; i++)
        {
            int scalar = text.Scalars[i];
            if (CharacterClasses.IsPythonSpace(scalar))
            {
                if (canonical.Count > 0 && canonical.Scalars[^1] != ' ')
                {
                    canonical.Add(' ', text.Start(i), text.End(i));
                }
            }
            else if (!IsAsciiPunctuation(scalar))
            {
                canonical.Add(scalar, text.Start(i), text.End(i));
            }
        }

        if (canonical.Count > 0 && canonical.Scalars[^1] == ' ')
        {
            canonical.Truncate(canonical.Count - 1);
        }

        EncodeBehindUnknown(canonical, 0, canonical.Count, work);
    }

    /// <inheritdoc/>
    private protected override int[] After(List<TokenSpan> tokens) => tokens.Count > 0 && tokens[^1].Id == EosId ? [] : _end;

    private static bool IsAsciiPunctuation(int scalar) => scalar is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126);
}
