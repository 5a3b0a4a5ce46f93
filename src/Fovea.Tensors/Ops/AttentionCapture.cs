namespace Fovea.Tensors.Ops;

/// <summary>Attention probabilities that somebody asked for. Only these are computed; no n × n matrix exists.</summary>
public sealed class AttentionCapture
{
    /// <summary>Query rows to capture, counted from the segment's first query, ascending.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>
    /// Receives the probabilities of <see cref="Rows"/>: [heads, rows, keys], zero where a query does not see a key. Absent if no row is wanted.
    /// </summary>
    public Tensor? Probabilities { get; init; }

    /// <summary>
    /// Receives for each head and key the mean probability over all queries of the segment: [heads, keys]. Absent if not wanted. It costs the
    /// scores of all queries with all keys once more.
    /// </summary>
    public Tensor? Received { get; init; }

    /// <summary>
    /// Whether the captured <see cref="Rows"/> are causal, where that differs from the call; none = as the call. The result of the call and
    /// <see cref="Received"/> keep the call's mask.
    /// </summary>
    public bool? Causal { get; init; }
}
