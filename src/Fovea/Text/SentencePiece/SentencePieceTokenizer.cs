using Fovea.Text.Decoders;
using Fovea.Text.Unicode;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>What the tokenizer classes around a SentencePiece model share: added tokens cut the text, the model sees the parts between them.</summary>
internal abstract class SentencePieceTokenizer : Tokenizer
{
    /// <summary>The visible blank.</summary>
    protected const char Blank = '▁';

    private readonly AddedTokenMatcher _matcher;
    private readonly HashSet<int> _special;
    private readonly HashSet<int> _cut;
    private readonly int[] _unknownText;
    private readonly int _unknownLength;
    private readonly int[] _before;
    private readonly int[] _after;

    /// <summary>Puts model and added tokens together.</summary>
    protected SentencePieceTokenizer(SentencePieceModel model, AddedTokenList added, TokenizerConfig config)
        : base(model.Vocabulary, added.Tokens, config)
    {
        Model = model;
        Config = config;
        _special = [.. config.Special.Select(token => IdOf(token.Content) ?? -1)];
        var additional = config.Additional.Select(token => IdOf(token.Content) ?? -1).Where(id => id >= model.File.Pieces.Count);
        _cut = [.. added.Tokens.Select(token => token.Id).Where(id => !_special.Contains(id)), .. additional];
        _matcher = new(config.SplitSpecialTokens ? [] : added.Tokens, token => Scalars.Of(token.Content), false, CharacterClasses.IsPythonSpace);
        _unknownText = Scalars.Of(config.Named("unk_token")?.Content ?? "<unk>");
        _unknownLength = MeasureUnknown();
        _before = config.AddBos && config.Named("bos_token") is { } bos ? [IdOf(bos.Content) ?? model.File.UnknownId] : [];
        _after = config.AddEos && config.Named("eos_token") is { } eos ? [IdOf(eos.Content) ?? model.File.UnknownId] : [];
    }

    /// <summary>The model.</summary>
    internal SentencePieceModel Model { get; }

    /// <summary>The rules of the configuration files.</summary>
    protected TokenizerConfig Config { get; }

    /// <inheritdoc/>
    public override bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>Whether a token stands by itself in decoded text, with a blank on both sides.</summary>
    internal bool StandsAlone(int id) => _cut.Contains(id);

    /// <inheritdoc/>
    private protected sealed override void Encode(EncodingWorkspace work, bool addSpecialTokens)
    {
        if (addSpecialTokens)
        {
            AddAll(_before, 0, work.Tokens);
        }

        int first = work.Tokens.Spans.Count;
        var text = Prepare(work);
        work.Segments.Clear();
        _matcher.Split(text.Scalars, work.Segments);
        bool dropFirst = false;
        foreach (var segment in work.Segments)
        {
            if (segment.Id >= 0)
            {
                dropFirst |= work.Tokens.Spans.Count == first + 1 && DropsLoneBlank && TokenOf(work.Tokens.Spans[first].Id) is [Blank] && IsSpecial(segment.Id);
                work.Tokens.Add(segment.Id, text, segment.From, segment.To);
            }
            else
            {
                EncodePart(text, segment.From, segment.To, work);
            }
        }

        if (dropFirst)
        {
            work.Tokens.Spans.RemoveAt(first);
        }

        if (addSpecialTokens)
        {
            AddAll(After(work.Tokens.Spans), work.Input.Count == 0 ? 0 : work.Input.End(work.Input.Count - 1), work.Tokens);
        }
    }

    /// <inheritdoc/>
    private protected sealed override Detokenizer Detokenize(bool skipSpecialTokens, bool eager) =>
        new PieceDetokenizer(this, DecodingStyle, Config.CleanUpSpaces, skipSpecialTokens, eager);

    /// <summary>How special tokens and parts are put together when decoding.</summary>
    protected abstract PieceDecodingStyle DecodingStyle { get; }

    /// <summary>The text that is cut at added tokens: the input, or a rewritten copy of it.</summary>
    private protected virtual ScalarBuffer Prepare(EncodingWorkspace work) => work.Input;

    /// <summary>Appends the tokens of a part between added tokens.</summary>
    private protected abstract void EncodePart(ScalarBuffer text, int from, int to, EncodingWorkspace work);

    /// <summary>Whether a first token that is a blank alone is dropped where a special token of the text follows it.</summary>
    protected abstract bool DropsLoneBlank { get; }

    /// <summary>Whether decoding takes the blank in front of a run of pieces for the model's own.</summary>
    internal virtual bool HasDummyPrefix => Model.File.AddDummyPrefix;

    /// <summary>The ids put after these tokens.</summary>
    private protected virtual int[] After(List<TokenSpan> tokens) => _after;

    /// <summary>
    /// Encodes a part behind the unknown token's text and drops that text's tokens: so the model, which would trim blanks at the start of a text, keeps them.
    /// </summary>
    private protected void EncodeBehindUnknown(ScalarBuffer text, int from, int to, EncodingWorkspace work)
    {
        int start = from < text.Count ? text.Start(from) : 0;
        work.Spare.Clear();
        foreach (int scalar in _unknownText)
        {
            work.Spare.Add(scalar, start, start);
        }

        work.Spare.Add(text, from, to);
        int first = work.Tokens.Spans.Count;
        Model.Encode(work.Spare, 0, work.Spare.Count, dummyPrefix: false, work);
        if (work.Tokens.Spans.Count - first >= _unknownLength)
        {
            work.Tokens.Spans.RemoveRange(first, _unknownLength);
        }
    }

    private static void AddAll(int[] ids, int place, TokenList tokens)
    {
        foreach (int id in ids)
        {
            tokens.Add(id, place, 0);
        }
    }

    private int MeasureUnknown()
    {
        var work = new EncodingWorkspace();
        foreach (int scalar in _unknownText)
        {
            work.Spare.Add(scalar, 0, 0);
        }

        Model.Encode(work.Spare, 0, work.Spare.Count, dummyPrefix: false, work);
        return work.Tokens.Spans.Count;
    }
}
