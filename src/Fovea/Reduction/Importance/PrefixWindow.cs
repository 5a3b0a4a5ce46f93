using Fovea.Tensors;

namespace Fovea.Reduction.Importance;

/// <summary>
/// What importance is computed over: the queries of all tokens up to the last visual one, whatever they are, and the keys of the same tokens or of the
/// visual ones alone.
/// </summary>
/// <param name="Queries">[tokens, heads · head size]; where their mean is all that is looked at, it alone.</param>
/// <param name="Keys">[tokens, kv heads · head size].</param>
/// <param name="Heads">Query heads.</param>
/// <param name="HeadSize">Size of a head.</param>
public sealed record PrefixWindow(Tensor Queries, Tensor Keys, int Heads, int HeadSize)
{
    /// <summary>Rows of the visual tokens, ascending.</summary>
    public required int[] Visual { get; init; }

    /// <summary>Whether keys are those of the whole prefix.</summary>
    public bool AllKeys { get; init; } = true;

    /// <summary>Tokens of the prefix.</summary>
    public int Length => Visual.Length == 0 ? 0 : Visual[^1] + 1;

    /// <summary>Key/value heads.</summary>
    public int KeyHeads => Keys.RowLength / HeadSize;

    /// <summary>Rows whose keys count.</summary>
    public int[] KeyRows => AllKeys ? [.. Enumerable.Range(0, Length)] : Visual;

    /// <summary>The key/value head of a query head.</summary>
    public int KeyHead(int head) => head / (Heads / KeyHeads);

    /// <summary>From values per key row to values per visual token.</summary>
    public float[] AtVisual(float[] perKey) => AllKeys ? Array.ConvertAll(Visual, row => perKey[row]) : perKey;

    /// <summary>One head's part of some rows: [rows, head size], written to <paramref name="target"/>.</summary>
    public void CopyHead(Tensor source, ReadOnlySpan<int> rows, int head, Tensor target)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            source.Row<float>(rows[i]).Slice(head * HeadSize, HeadSize).CopyTo(target.Row<float>(i));
        }
    }
}
