using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>
/// The one attention layer of encoders and decoders: projections around <see cref="Compute.Attention"/>. What lies between (rotary embedding,
/// a cache, the cut into sequences) is the caller's.
/// </summary>
public sealed class SelfAttention : IDisposable
{
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly Norm? _queryNorm;
    private readonly Norm? _keyNorm;

    /// <summary>Owns the four projections and the norms of queries and keys, where there are any (per head, or over all heads, as their width says).</summary>
    public SelfAttention(
        Linear query, Linear key, Linear value, Linear output, AttentionSettings settings, Norm? queryNorm = null, Norm? keyNorm = null)
    {
        _queryNorm = queryNorm;
        _keyNorm = keyNorm;
        _query = query;
        _key = key;
        _value = value;
        _output = output;
        Settings = settings;
    }

    /// <summary>Heads, scale and mask.</summary>
    public AttentionSettings Settings { get; }

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => _query.Bytes + _key.Bytes + _value.Bytes + _output.Bytes;

    /// <summary>Multiply-adds per row of the four projections.</summary>
    public long MultiplyAdds => new[] { _query, _key, _value, _output }.Sum(linear => (long)linear.Inputs * linear.Outputs);

    /// <summary>Queries [rows, heads · headSize] of x [rows, width], rented.</summary>
    public Tensor Queries(Compute compute, ref SharedRows x) => Normed(compute, _queryNorm, _query.Forward(compute, ref x));

    /// <summary>
    /// The mean of <see cref="Queries"/>: [1, heads · headSize], rented. Without a norm of queries the projection is linear, so that the mean of x is projected
    /// rather than every row.
    /// </summary>
    public Tensor MeanQuery(Compute compute, Tensor x)
    {
        if (_queryNorm is null)
        {
            return _query.Forward(compute, RowMean.Of(compute, x, x.Rows));
        }

        var rows = new SharedRows(x);
        return RowMean.Of(compute, Queries(compute, ref rows), x.Rows);
    }

    /// <summary>Keys [rows, kvHeads · headSize] of x [rows, width], rented.</summary>
    public Tensor Keys(Compute compute, ref SharedRows x) => Normed(compute, _keyNorm, _key.Forward(compute, ref x));

    /// <summary>Values [rows, kvHeads · headSize] of x [rows, width], rented.</summary>
    public Tensor Values(Compute compute, ref SharedRows x) => _value.Forward(compute, ref x);

    /// <summary>Attends and projects back.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="queries">[rows, heads · headSize].</param>
    /// <param name="segments">Which rows attend to what.</param>
    /// <param name="epilogue">What follows.</param>
    /// <returns>[rows, width], rented, or what the epilogue adds it to.</returns>
    public Tensor Attend(Compute compute, Tensor queries, ReadOnlySpan<AttentionSegment> segments, in Epilogue epilogue = default) =>
        _output.Forward(compute, compute.Attention(queries, segments, Settings), epilogue);

    /// <inheritdoc/>
    public void Dispose()
    {
        _query.Dispose();
        _key.Dispose();
        _value.Dispose();
        _output.Dispose();
        _queryNorm?.Dispose();
        _keyNorm?.Dispose();
    }

    private static Tensor Normed(Compute compute, Norm? norm, Tensor rows) => norm is null ? rows : norm.Forward(compute, rows);
}
