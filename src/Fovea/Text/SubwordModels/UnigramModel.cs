using Fovea.Text.Vocabularies;

namespace Fovea.Text.SubwordModels;

/// <summary>Unigram segmentation: of all ways to cut a text into tokens the one with the highest sum of scores, in 32-bit floats; of equal ones the first found.</summary>
/// <remarks>
/// Source: arXiv:1804.10959; the order of candidates (starts ascending, lengths ascending, strictly greater replaces) and the price of an unknown
/// character (10 below the lowest score) as in SentencePiece.
/// </remarks>
internal sealed class UnigramModel : SubwordModel
{
    private const float UnknownPenalty = 10;

    private readonly TokenTrie _trie = new();
    private readonly IReadOnlyList<UnigramPiece> _pieces;
    private readonly int _unknownId;
    private readonly float _unknownScore;
    private readonly bool _byteFallback;
    private readonly int[] _byteIds;

    /// <summary>Builds a model.</summary>
    /// <param name="vocabulary">The tokens; byte fallback looks its tokens up here.</param>
    /// <param name="pieces">The tokens that may match text.</param>
    /// <param name="unknownId">The id for characters that no token covers; −1 drops them.</param>
    /// <param name="byteFallback">Write such characters as byte tokens where all of them exist.</param>
    /// <param name="lowest">Lowest score of an ordinary token; null = the lowest of <paramref name="pieces"/>.</param>
    public UnigramModel(Vocabulary vocabulary, IReadOnlyList<UnigramPiece> pieces, int unknownId, bool byteFallback, float? lowest = null)
    {
        _pieces = pieces;
        _unknownId = unknownId;
        _byteFallback = byteFallback;
        _byteIds = ByteTokens.IdsIn(vocabulary);
        _unknownScore = (lowest ?? pieces.Select(piece => piece.Score).DefaultIfEmpty(0).Min()) - UnknownPenalty;
        for (int i = 0; i < pieces.Count; i++)
        {
            _trie.Add(Scalars.Of(pieces[i].Text), i);
        }
    }

    /// <inheritdoc/>
    public override void Encode(ScalarBuffer text, int from, int to, SubwordWorkspace work, TokenList tokens)
    {
        var word = text.Scalars[from..to];
        var best = work.Lattice(word.Length + 1);
        for (int at = 0; at < word.Length; at++)
        {
            work.Matches.Clear();
            _trie.All(word, at, work.Matches);
            bool single = false;
            foreach (var (piece, length) in work.Matches)
            {
                single |= length == 1;
                Offer(best, at, at + length, piece, _pieces[piece].Score);
            }

            if (!single)
            {
                Offer(best, at, at + 1, -1, _unknownScore);
            }
        }

        EmitPath(best, text, from, work, tokens);
    }

    private static void Offer(Span<LatticeNode> best, int from, int to, int piece, float score)
    {
        float candidate = score + best[from].Score;
        if (best[to].From < 0 || candidate > best[to].Score)
        {
            best[to] = new LatticeNode(from, piece, candidate);
        }
    }

    private void EmitPath(Span<LatticeNode> best, ScalarBuffer text, int from, SubwordWorkspace work, TokenList tokens)
    {
        // The path is linked backwards: turn it round in place, then walk it.
        int next = -1;
        for (int at = best.Length - 1; at > 0;)
        {
            int before = best[at].From;
            best[at] = best[at] with { Next = next };
            next = at;
            at = before;
        }

        work.Clear();
        Span<int> bytes = stackalloc int[4];
        bool unknownBefore = false;
        for (int end = next, start = 0; end >= 0; start = end, end = best[end].Next)
        {
            bool unknown = best[end].Piece < 0;
            if (!unknown)
            {
                work.Add(_pieces[best[end].Piece].Id, start, end);
            }
            else if (_byteFallback && ByteTokens.Write(text.Scalars[from + start], _byteIds, bytes) is > 0 and var count)
            {
                unknown = false;
                foreach (int id in bytes[..count])
                {
                    work.Add(id, start, end);
                }
            }
            else if (unknownBefore)
            {
                work.Symbols[^1].To = end;
            }
            else
            {
                work.Add(_unknownId, start, end);
            }

            unknownBefore = unknown;
        }

        foreach (var symbol in work.Symbols)
        {
            if (symbol.Id >= 0)
            {
                tokens.Add(symbol.Id, text, from + symbol.From, from + symbol.To);
            }
        }
    }
}
