using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// One sequence of an attention call as the kernels see it. The query heads that share a key/value head are handled together: row f stands for query
/// f / <see cref="Group"/> and head f mod <see cref="Group"/> of the group.
/// </summary>
internal unsafe struct AttentionSequence
{
    /// <summary>First query row, rows <see cref="Stride"/> apart, heads <see cref="HeadSize"/> apart.</summary>
    public float* Queries;

    /// <summary>Result, laid out as the queries.</summary>
    public float* Output;

    /// <summary>Numbers from one row of queries or output to the next.</summary>
    public long Stride;

    /// <summary>First key, an <see cref="AttentionEntry"/>.</summary>
    public byte* Keys;

    /// <summary>First value, alike.</summary>
    public byte* Values;

    /// <summary>The type of keys and values.</summary>
    public ElementType KeyType;

    /// <summary>Bytes from one key to the next; for values alike.</summary>
    public long KeyStride;

    /// <summary>Bytes from the keys of one head to those of the next; for values alike.</summary>
    public long KeyHeadStride;

    /// <summary>[KeyCount], added to the scores of a key; or null.</summary>
    public float* Bias;

    /// <summary>Receives maximum and reciprocal sum of each row: [heads][QueryCount][2]; or null.</summary>
    public float* Statistics;

    /// <summary>For each query which of the captured ones it is, −1 for none; or null if none is captured on the way.</summary>
    public int* Captured;

    /// <summary>Receives the probabilities of the captured queries: [heads][<see cref="CapturedCount"/>][KeyCount].</summary>
    public float* Probabilities;

    /// <summary>Captured queries.</summary>
    public int CapturedCount;

    /// <summary>Query rows.</summary>
    public int QueryCount;

    /// <summary>Keys.</summary>
    public int KeyCount;

    /// <summary>Query heads of one key/value head.</summary>
    public int Group;

    /// <summary>Numbers per head.</summary>
    public int HeadSize;

    /// <summary>Factor of the scores.</summary>
    public float Scale;

    /// <summary>Whether a query sees no later key.</summary>
    public bool Causal;

    /// <summary>How many of the latest visible keys a query sees; 0 = all.</summary>
    public int Window;

    /// <summary>Head size rounded up to whole panels.</summary>
    public readonly int PaddedHeadSize => Panels.Count(HeadSize, Panels.Columns) * Panels.Columns;

    /// <summary>Rows of one key/value head.</summary>
    public readonly int Rows => checked(QueryCount * Group);

    /// <summary>The last key that row f sees; below zero if none.</summary>
    public readonly int LastKey(int f) => Causal ? KeyCount - QueryCount + (f / Group) : KeyCount - 1;

    /// <summary>The first key that row f sees. Does not fall with f, as <see cref="LastKey"/> does not.</summary>
    public readonly int FirstKey(int f) => Window > 0 ? Math.Max(0, LastKey(f) - Window + 1) : 0;

    /// <summary>The query of row f of a key/value head.</summary>
    public readonly float* Query(int head, int f) => Queries + Offset(head, f);

    /// <summary>The result of row f of a key/value head.</summary>
    public readonly float* Result(int head, int f) => Output + Offset(head, f);

    /// <summary>Maximum and reciprocal sum of row f of a key/value head.</summary>
    public readonly float* RowStatistics(int head, int f) => Statistics + (2 * (((long)QueryHead(head, f) * QueryCount) + (f / Group)));

    /// <summary>Whether the probabilities of row f are kept.</summary>
    public readonly bool IsCaptured(int f) => Captured != null && Captured[f / Group] >= 0;

    /// <summary>Where the probabilities of row f of a key/value head are kept.</summary>
    public readonly float* Kept(int head, int f) => Probabilities + ((((long)QueryHead(head, f) * CapturedCount) + Captured[f / Group]) * KeyCount);

    /// <summary>The query head of row f of a key/value head.</summary>
    public readonly int QueryHead(int head, int f) => (head * Group) + (f % Group);

    private readonly long Offset(int head, int f) => (f / Group * Stride) + ((long)QueryHead(head, f) * HeadSize);
}
