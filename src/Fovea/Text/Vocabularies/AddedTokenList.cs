namespace Fovea.Text.Vocabularies;

/// <summary>Added tokens while a tokenizer is put together: assigns ids.</summary>
/// <param name="vocabulary">The model's tokens.</param>
/// <param name="keepWrittenIds">Whether a written id counts more than that of the vocabulary.</param>
internal sealed class AddedTokenList(Vocabulary vocabulary, bool keepWrittenIds = false)
{
    private readonly List<AddedToken> _tokens = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private int _highest = -1;

    /// <summary>The tokens, with ids.</summary>
    public IReadOnlyList<AddedToken> Tokens => _tokens;

    /// <summary>The id of an added token.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int IdOf(string content) => _tokens[_places[content]].Id;

    /// <summary>
    /// Adds a token, or replaces the flags of the one with the same content. The id is that of the model's vocabulary; else the one written;
    /// else the next that neither vocabulary nor added tokens use. An empty content is ignored.
    /// </summary>
    public void Put(AddedToken token)
    {
        if (token.Content.Length == 0)
        {
            return;
        }

        if (_places.TryGetValue(token.Content, out int place))
        {
            _tokens[place] = token with { Id = _tokens[place].Id };
            return;
        }

        int known = keepWrittenIds && token.Id >= 0 ? token.Id : vocabulary.IdOf(token.Content);
        int id = known >= 0 ? known : token.Id >= 0 ? token.Id : Math.Max(vocabulary.Count, _highest + 1);
        _places.Add(token.Content, _tokens.Count);
        _tokens.Add(token with { Id = id });
        _highest = Math.Max(_highest, id);
    }

    /// <summary>Adds the special tokens that are not there yet.</summary>
    public void AddMissing(IEnumerable<AddedToken> special)
    {
        foreach (var token in special.Where(token => !_places.ContainsKey(token.Content)))
        {
            Put(token);
        }
    }
}
