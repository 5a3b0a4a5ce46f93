namespace Fovea.Text.SubwordModels;

/// <summary>Token ids of words seen before. Bounded: once full it keeps what it has, so that steady use allocates nothing.</summary>
internal sealed class WordCache
{
    /// <summary>Longest word that is kept, in scalars.</summary>
    public const int MaxLength = 32;

    private const int Slots = 1 << 14;
    private const int Capacity = Slots / 2;

    private readonly Entry?[] _entries = new Entry?[Slots];
    private int _count;

    /// <summary>The tokens of a word, each with the scalars of the word that it stands for; null if the word is not known.</summary>
    public (int Id, int From, int To)[]? Find(ReadOnlySpan<int> word)
    {
        for (int slot = Hash(word) & (Slots - 1); _entries[slot] is { } entry; slot = (slot + 1) & (Slots - 1))
        {
            if (word.SequenceEqual(entry.Word))
            {
                return entry.Tokens;
            }
        }

        return null;
    }

    /// <summary>Keeps the tokens of a word that <see cref="Find"/> did not know, if there is room.</summary>
    public void Add(ReadOnlySpan<int> word, ReadOnlySpan<Symbol> symbols)
    {
        if (_count == Capacity)
        {
            return;
        }

        var tokens = new List<(int Id, int From, int To)>();
        for (int i = 0; i < symbols.Length; i = symbols[i].Next)
        {
            tokens.Add((symbols[i].Id, symbols[i].From, symbols[i].To));
        }

        int slot = Hash(word) & (Slots - 1);
        while (_entries[slot] is not null)
        {
            slot = (slot + 1) & (Slots - 1);
        }

        _entries[slot] = new Entry(word.ToArray(), [.. tokens]);
        _count++;
    }

    private static int Hash(ReadOnlySpan<int> word)
    {
        uint hash = 2166136261;
        foreach (int scalar in word)
        {
            hash = (hash ^ (uint)scalar) * 16777619;
        }

        return (int)(hash ^ (hash >> 15));
    }

    private sealed record Entry(int[] Word, (int Id, int From, int To)[] Tokens);
}
