namespace Fovea.Text.SubwordModels;

/// <summary>Memory of one encoding call: the symbols of the word at hand, the merge queue and the words seen before.</summary>
internal sealed class SubwordWorkspace
{
    private Symbol[] _symbols = new Symbol[64];
    private LatticeNode[] _lattice = [];

    /// <summary>Candidate merges, lowest rank first and then leftmost.</summary>
    public PriorityQueue<(int Left, int LeftId, int RightId), long> Queue { get; } = new();

    /// <summary>Words seen before.</summary>
    public WordCache Cache { get; } = new();

    /// <summary>The pairs that tracked tokens were made of.</summary>
    public Dictionary<int, (int Left, int Right)> Splits { get; } = [];

    /// <summary>Tokens that begin at a place.</summary>
    public List<(int Value, int Length)> Matches { get; } = [];

    /// <summary>Number of symbols.</summary>
    public int Count { get; private set; }

    /// <summary>The symbols.</summary>
    public Span<Symbol> Symbols => _symbols.AsSpan(0, Count);

    /// <summary>Forgets the symbols.</summary>
    public void Clear() => Count = 0;

    /// <summary>Appends a symbol that stands for scalars [<paramref name="from"/>, <paramref name="to"/>) of the text.</summary>
    public void Add(int id, int from, int to)
    {
        if (Count == _symbols.Length)
        {
            Array.Resize(ref _symbols, Count * 2);
        }

        _symbols[Count] = new Symbol { Id = id, From = from, To = to, Previous = Count - 1, Next = Count + 1 };
        Count++;
    }

    /// <summary>Nodes of a lattice: the first one reached with score 0, the others not reached.</summary>
    public Span<LatticeNode> Lattice(int count)
    {
        if (_lattice.Length < count)
        {
            _lattice = new LatticeNode[Math.Max(count, _lattice.Length * 2)];
        }

        _lattice.AsSpan(0, count).Fill(new LatticeNode(-1, -1, 0));
        return _lattice.AsSpan(0, count);
    }
}
