using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// How projected feature rows become the visual tokens of a prompt: picked (padding left out, tiles joined to one canvas), averaged (a grid made smaller) or
/// inserted (row ends, which come from no feature). A sparse matrix with one row per visual token; inserted tokens have an empty row.
/// </summary>
public sealed class TokenPacking
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _weights;

    private TokenPacking(int features, int[] offsets, int[] columns, float[] weights)
    {
        Features = features;
        _offsets = offsets;
        _columns = columns;
        _weights = weights;
        IsSelection = !weights.AsSpan().ContainsAnyExcept(1f);
    }

    /// <summary>Feature rows.</summary>
    public int Features { get; }

    /// <summary>Visual tokens.</summary>
    public int Tokens => _offsets.Length - 1;

    /// <summary>Whether every visual token is one feature row or inserted.</summary>
    public bool IsSelection { get; }

    /// <summary>Whether the feature rows are the visual tokens, in order.</summary>
    public bool IsIdentity => IsSelection && Tokens == Features && _columns.Length == Features && _columns.AsSpan().SequenceEqual(Enumerable.Range(0, Features).ToArray());

    /// <summary>Every feature row is a visual token.</summary>
    public static TokenPacking Identity(int count) => Of(count, [.. Enumerable.Range(0, count)]);

    /// <summary>Picks feature rows; −1 inserts a token.</summary>
    public static TokenPacking Of(int features, IReadOnlyList<int> rows)
    {
        var offsets = new int[rows.Count + 1];
        var columns = new List<int>();
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i] >= 0)
            {
                columns.Add(rows[i]);
            }

            offsets[i + 1] = columns.Count;
        }

        var weights = new float[columns.Count];
        Array.Fill(weights, 1);
        return new TokenPacking(features, offsets, [.. columns], weights);
    }

    /// <summary>Mixes feature rows; an empty list inserts a token.</summary>
    public static TokenPacking Of(int features, IReadOnlyList<IReadOnlyList<(int Row, float Weight)>> tokens)
    {
        var offsets = new int[tokens.Count + 1];
        for (int i = 0; i < tokens.Count; i++)
        {
            offsets[i + 1] = offsets[i] + tokens[i].Count;
        }

        return new TokenPacking(features, offsets, [.. tokens.SelectMany(token => token.Select(entry => entry.Row))], [.. tokens.SelectMany(token => token.Select(entry => entry.Weight))]);
    }

    /// <summary>The packing of some of the tokens, in this order.</summary>
    public TokenPacking Select(ReadOnlySpan<int> tokens)
    {
        var offsets = new int[tokens.Length + 1];
        var columns = new List<int>();
        var weights = new List<float>();
        for (int i = 0; i < tokens.Length; i++)
        {
            columns.AddRange(_columns.AsSpan(_offsets[tokens[i]].._offsets[tokens[i] + 1]));
            weights.AddRange(_weights.AsSpan(_offsets[tokens[i]].._offsets[tokens[i] + 1]));
            offsets[i + 1] = columns.Count;
        }

        return new TokenPacking(Features, offsets, [.. columns], [.. weights]);
    }

    /// <summary>The feature rows that are needed, ascending, and the same packing over only those.</summary>
    public (int[] Rows, TokenPacking Packing) Compact()
    {
        int[] rows = [.. _columns.Distinct().Order()];
        var places = new int[Features];
        for (int i = 0; i < rows.Length; i++)
        {
            places[rows[i]] = i;
        }

        return (rows, new TokenPacking(rows.Length, _offsets, Array.ConvertAll(_columns, column => places[column]), _weights));
    }

    /// <summary>Feature rows to visual tokens.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="features">[features, width].</param>
    /// <param name="inserted">[width], the value of inserted tokens; none = zeros.</param>
    /// <returns>[tokens, width], rented.</returns>
    public Tensor Apply(Compute compute, Tensor features, Tensor? inserted)
    {
        var tokens = compute.Combine(features, _offsets, _columns, _weights);
        for (int i = 0; i < Tokens && inserted is not null; i++)
        {
            if (_offsets[i] == _offsets[i + 1])
            {
                inserted.AsSpan<float>().CopyTo(tokens.Row<float>(i));
            }
        }

        return tokens;
    }

    /// <summary>The value of every token when each feature row has a number: weighted as the rows are, 0 for inserted tokens.</summary>
    public void Apply(ReadOnlySpan<float> features, Span<float> tokens)
    {
        for (int i = 0; i < Tokens; i++)
        {
            tokens[i] = 0;
            for (int e = _offsets[i]; e < _offsets[i + 1]; e++)
            {
                tokens[i] += _weights[e] * features[_columns[e]];
            }
        }
    }
}
