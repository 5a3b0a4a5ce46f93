using Fovea.Text.Decoders;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>
/// The pipeline of <c>tokenizer.json</c>: added tokens in the raw text, normalizer, added tokens in the normalised text, pre-tokenizer, model, special tokens around.
/// </summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private readonly TokenizerPipeline _pipeline;
    private readonly AddedTokenMatcher _raw;
    private readonly AddedTokenMatcher _normalized;
    private readonly bool _cleanUp;

    /// <summary>Puts the stages together.</summary>
    public PipelineTokenizer(TokenizerPipeline pipeline, IReadOnlyList<AddedToken> added, TokenizerConfig config)
        : base(pipeline.Vocabulary, added, config)
    {
        _pipeline = pipeline;
        _cleanUp = config.CleanUpSpaces;
        _raw = new([.. added.Where(token => !token.Normalized)], token => Scalars.Of(token.Content), config.SplitSpecialTokens);
        _normalized = new([.. added.Where(token => token.Normalized)], token => Normalize(token.Content), config.SplitSpecialTokens);
    }

    /// <inheritdoc/>
    private protected override void Encode(EncodingWorkspace work, bool addSpecialTokens)
    {
        if (addSpecialTokens)
        {
            AddSpecial(_pipeline.Before, 0, work.Tokens);
        }

        work.Segments.Clear();
        _raw.Split(work.Input.Scalars, work.Segments);
        foreach (var segment in work.Segments)
        {
            if (segment.Id >= 0)
            {
                work.Tokens.Add(segment.Id, work.Input, segment.From, segment.To);
                continue;
            }

            work.Piece.Clear();
            work.Piece.Add(work.Input, segment.From, segment.To);
            EncodePiece(Normalize(work.Piece, work.Spare), work);
        }

        if (addSpecialTokens)
        {
            AddSpecial(_pipeline.After, work.Input.Count == 0 ? 0 : work.Input.End(work.Input.Count - 1), work.Tokens);
        }
    }

    /// <inheritdoc/>
    private protected override Detokenizer Detokenize(bool skipSpecialTokens, bool eager)
    {
        var run = new PipelineDetokenizer(this, skipSpecialTokens);
        List<DecoderStep> steps = [.. _pipeline.Decoder(eager)];
        if (_cleanUp)
        {
            steps.Add(new CleanUpStep(eager));
        }

        steps.Add(new AppendStep(run.Output));
        run.Start(DecoderStep.Chain(steps));
        return run;
    }

    private static void AddSpecial(int[] ids, int place, TokenList tokens)
    {
        foreach (int id in ids)
        {
            tokens.Add(id, place, 0);
        }
    }

    private void EncodePiece(ScalarBuffer piece, EncodingWorkspace work)
    {
        work.PieceSegments.Clear();
        _normalized.Split(piece.Scalars, work.PieceSegments);
        foreach (var segment in work.PieceSegments)
        {
            if (segment.Id >= 0)
            {
                work.Tokens.Add(segment.Id, piece, segment.From, segment.To);
                continue;
            }

            var words = work.Words;
            var spare = work.SpareWords;
            words.Clear();
            words.Add(piece, segment.From, segment.To);
            words.Words.Add((0, words.Count));
            foreach (var step in _pipeline.PreTokenizers)
            {
                spare.Clear();
                step.Apply(words, spare);
                (words, spare) = (spare, words);
            }

            foreach (var (from, to) in words.Words)
            {
                _pipeline.Model.Encode(words, from, to, work.Subwords, work.Tokens);
            }
        }
    }

    private ScalarBuffer Normalize(ScalarBuffer piece, ScalarBuffer spare)
    {
        foreach (var step in _pipeline.Normalizers)
        {
            spare.Clear();
            if (step.Apply(piece, spare))
            {
                (piece, spare) = (spare, piece);
            }
        }

        return piece;
    }

    private int[] Normalize(string content)
    {
        var piece = new ScalarBuffer();
        piece.Add(content);
        return Normalize(piece, new ScalarBuffer()).Scalars.ToArray();
    }
}
