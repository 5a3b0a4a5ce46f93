using System.Text;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SubwordModels;

/// <summary>Byte-pair encoding: starts from characters and merges the adjacent pair of lowest rank, of equal ones the leftmost, until none is left.</summary>
/// <remarks>Source: arXiv:1508.07909; options as in the Hugging Face format. O(n log n) in the length of the word.</remarks>
internal sealed class BytePairModel : SubwordModel
{
    private const int DirectScalars = 0x180;
    private const int NotFirst = 1 << 24, Last = 1 << 25;

    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _merges;
    private readonly BytePairOptions _options;
    private readonly int[] _byteIds;
    private readonly int[] _direct = new int[DirectScalars];
    private readonly Dictionary<int, int> _symbols = [];

    /// <summary>Builds a model.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="merges">Merges by ids.</param>
    /// <param name="options">Options.</param>
    public BytePairModel(Vocabulary vocabulary, MergeTable merges, BytePairOptions options)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        _byteIds = ByteTokens.IdsIn(vocabulary);
        _direct.AsSpan().Fill(-1);
        foreach (var (token, id) in vocabulary.Entries)
        {
            IndexSymbol(token, id);
        }
    }

    private bool HasAffixes => _options.SubwordPrefix.Length + _options.WordSuffix.Length > 0;

    /// <inheritdoc/>
    public override void Encode(ScalarBuffer text, int from, int to, SubwordWorkspace work, TokenList tokens)
    {
        var word = text.Scalars[from..to];
        bool cacheable = word.Length <= WordCache.MaxLength;
        if (cacheable && work.Cache.Find(word) is { } known)
        {
            foreach (var (id, start, end) in known)
            {
                tokens.Add(id, text, from + start, from + end);
            }

            return;
        }

        work.Clear();
        Start(word, work);
        _merges.Apply(work);
        var symbols = work.Symbols;
        for (int i = 0; i < symbols.Length; i = symbols[i].Next)
        {
            tokens.Add(symbols[i].Id, text, from + symbols[i].From, from + symbols[i].To);
        }

        if (cacheable)
        {
            work.Cache.Add(word, symbols);
        }
    }

    private void IndexSymbol(string token, int id)
    {
        foreach (bool first in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (bool last in (ReadOnlySpan<bool>)[false, true])
            {
                string prefix = first ? "" : _options.SubwordPrefix, suffix = last ? _options.WordSuffix : "";
                if (token.Length <= prefix.Length + suffix.Length || token.Length > prefix.Length + suffix.Length + 2
                    || !token.StartsWith(prefix, StringComparison.Ordinal) || !token.EndsWith(suffix, StringComparison.Ordinal))
                {
                    continue;
                }

                int length = token.Length - prefix.Length - suffix.Length;
                if (Rune.DecodeFromUtf16(token.AsSpan(prefix.Length, length), out var rune, out int used) == System.Buffers.OperationStatus.Done && used == length)
                {
                    _symbols[rune.Value | Place(first, last)] = id;
                    if (!HasAffixes && rune.Value < DirectScalars)
                    {
                        _direct[rune.Value] = id;
                    }
                }
            }
        }
    }

    private int Place(bool first, bool last) =>
        (!first && _options.SubwordPrefix.Length > 0 ? NotFirst : 0) | (last && _options.WordSuffix.Length > 0 ? Last : 0);

    private void Start(ReadOnlySpan<int> word, SubwordWorkspace work)
    {
        if (_options.IgnoreMerges && _vocabulary.IdOf(word) is >= 0 and var whole)
        {
            work.Add(whole, 0, word.Length);
            return;
        }

        Span<int> bytes = stackalloc int[4];
        bool unknownBefore = false;
        for (int i = 0; i < word.Length; i++)
        {
            int id = SymbolOf(word[i], i == 0, i == word.Length - 1);
            bool known = true;
            if (id >= 0)
            {
                work.Add(id, i, i + 1);
            }
            else if (_options.ByteFallback && ByteTokens.Write(word[i], _byteIds, bytes) is > 0 and var count)
            {
                foreach (int byteId in bytes[..count])
                {
                    work.Add(byteId, i, i + 1);
                }
            }
            else if (unknownBefore && _options.FuseUnknown && _options.UnknownId >= 0)
            {
                work.Symbols[^1].To = i + 1;
                known = false;
            }
            else
            {
                known = false;
                if (_options.UnknownId >= 0)
                {
                    work.Add(_options.UnknownId, i, i + 1);
                }
            }

            unknownBefore = !known;
        }
    }

    private int SymbolOf(int scalar, bool first, bool last) => !HasAffixes && scalar < DirectScalars
        ? _direct[scalar]
        : _symbols.GetValueOrDefault(scalar | Place(first, last), -1);
}
