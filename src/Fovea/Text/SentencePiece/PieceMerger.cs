using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>
/// SentencePiece byte-pair encoding: merges the adjacent pair whose concatenation is the piece of highest score, of equal ones the leftmost; user-defined
/// symbols stay whole.
/// </summary>
/// <remarks>
/// Source: SentencePiece 0.2, BPE model. Pieces are looked up by pairs of ids: every way to cut a piece into two is a merge, and single characters
/// that only occur inside pieces get ids of their own behind the real ones.
/// </remarks>
internal sealed class PieceMerger : SubwordModel
{
    private readonly SentencePieceFile _file;
    private readonly TokenTrie _userDefined;
    private readonly MergeTable _merges;
    private readonly Dictionary<int, int> _characters = [];
    private readonly int[] _lengths;
    private readonly int[] _byteIds;

    // A user-defined symbol takes part as id + count: no merge has it. Ids from 2·count on are characters without a piece.
    private readonly int _count;
    private readonly int _foreign;

    /// <summary>Prepares the merges of a model.</summary>
    public PieceMerger(SentencePieceFile file, Vocabulary vocabulary, TokenTrie userDefined)
    {
        _file = file;
        _userDefined = userDefined;
        _count = file.Pieces.Count;
        _byteIds = ByteTokens.IdsIn(vocabulary);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < _count; id++)
        {
            if (Matches(file.Pieces[id]))
            {
                ids.TryAdd(file.Pieces[id].Text, id);
            }
        }

        int next = AddCharacters(ids);
        _foreign = next;
        _lengths = [.. file.Pieces.Select(piece => Scalars.Of(piece.Text).Length)];
        _merges = Merges(ids);
    }

    /// <inheritdoc/>
    public override void Encode(ScalarBuffer text, int from, int to, SubwordWorkspace work, TokenList tokens)
    {
        work.Clear();
        var word = text.Scalars[from..to];
        for (int i = 0; i < word.Length;)
        {
            var (piece, length) = _userDefined.Longest(word, i);
            work.Add(length > 0 ? _count + piece : _characters.GetValueOrDefault(word[i], _foreign), i, i + Math.Max(length, 1));
            i += Math.Max(length, 1);
        }

        _merges.Apply(work);
        bool unknownBefore = false;
        for (int i = 0; i < work.Count; i = work.Symbols[i].Next)
        {
            var symbol = work.Symbols[i];
            Emit(symbol.Id, text, from + symbol.From, from + symbol.To, work, tokens, ref unknownBefore);
        }
    }

    private static bool Matches(Piece piece) => piece.Text.Length > 0 && piece.Kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused;

    /// <summary>Gives every character that occurs in a piece an id and returns the first id that none has.</summary>
    private int AddCharacters(Dictionary<string, int> ids)
    {
        int next = 2 * _count;
        foreach (string text in ids.Keys.ToArray())
        {
            foreach (var rune in text.EnumerateRunes())
            {
                if (_characters.ContainsKey(rune.Value))
                {
                    continue;
                }

                string character = rune.ToString();
                if (!ids.TryGetValue(character, out int id))
                {
                    id = next++;
                    ids.Add(character, id);
                }

                _characters.Add(rune.Value, id);
            }
        }

        return next;
    }

    private MergeTable Merges(Dictionary<string, int> ids)
    {
        // Equal scores share a rank, so that the leftmost pair wins.
        var ranks = _file.Pieces.Where(Matches).Select(piece => piece.Score).Distinct().OrderDescending()
            .Select((score, rank) => (score, rank)).ToDictionary(entry => entry.score, entry => entry.rank);
        var merges = new List<(int Left, int Right, int Id)>();
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (text, id) in ids.Where(entry => entry.Value < _count))
        {
            for (int cut = 1; cut < text.Length; cut++)
            {
                if (lookup.TryGetValue(text.AsSpan(0, cut), out int left) && lookup.TryGetValue(text.AsSpan(cut), out int right))
                {
                    merges.Add((left, right, id));
                }
            }
        }

        var table = new MergeTable(merges.Count);
        foreach (var (left, right, id) in merges)
        {
            table.Add(left, right, ranks[_file.Pieces[id].Score], id);
            if (_file.Pieces[id].Kind == PieceKind.Unused)
            {
                table.TrackSplits(id);
            }
        }

        return table;
    }

    private void Emit(int id, ScalarBuffer text, int from, int to, SubwordWorkspace work, TokenList tokens, ref bool unknownBefore)
    {
        if (id < _count && _file.Pieces[id].Kind == PieceKind.Unused && work.Splits.TryGetValue(id, out var parts))
        {
            int middle = from + (parts.Left < _count ? _lengths[parts.Left] : 1);
            Emit(parts.Left, text, from, middle, work, tokens, ref unknownBefore);
            Emit(parts.Right, text, middle, to, work, tokens, ref unknownBefore);
            return;
        }

        if (id < 2 * _count)
        {
            tokens.Add(id % _count, text, from, to);
            unknownBefore = false;
        }
        else if (_file.ByteFallback && EmitBytes(text, from, tokens))
        {
            unknownBefore = false;
        }
        else if (unknownBefore)
        {
            tokens.ExtendLast(text, to);
        }
        else
        {
            tokens.Add(_file.UnknownId, text, from, to);
            unknownBefore = true;
        }
    }

    private bool EmitBytes(ScalarBuffer text, int at, TokenList tokens)
    {
        Span<int> ids = stackalloc int[4];
        int count = ByteTokens.Write(text.Scalars[at], _byteIds, ids);
        foreach (int id in ids[..count])
        {
            tokens.Add(id, text, at, at + 1);
        }

        return count > 0;
    }
}
