using System.Text;

namespace Fovea.Text.Vocabularies;

/// <summary>Token texts and their ids, both ways.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[] _tokens;

    /// <summary>Indexes a vocabulary.</summary>
    /// <param name="ids">Token to id; ids are at least 0. If two tokens share an id, the first one gives the text.</param>
    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach (var (token, id) in ids)
        {
            _tokens[id] ??= token;
        }
    }

    /// <summary>Highest id + 1.</summary>
    public int Size => _tokens.Length;

    /// <summary>Number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>All tokens with their ids.</summary>
    public IEnumerable<KeyValuePair<string, int>> Entries => _ids;

    /// <summary>The id of a token, or −1.</summary>
    public int IdOf(ReadOnlySpan<char> token) => _lookup.TryGetValue(token, out int id) ? id : -1;

    /// <summary>The id of the token made of these scalar values, or −1. Allocates only for long words.</summary>
    public int IdOf(ReadOnlySpan<int> scalars)
    {
        Span<char> units = scalars.Length <= 128 ? stackalloc char[256] : new char[scalars.Length * 2];
        int length = 0;
        foreach (int scalar in scalars)
        {
            length += new Rune(scalar).EncodeToUtf16(units[length..]);
        }

        return IdOf(units[..length]);
    }

    /// <summary>The text of a token id; null if there is none.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;
}
