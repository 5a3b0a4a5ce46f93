using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>A table of rows. It stays in the checkpoint's own memory and type; rows are widened as they are read.</summary>
public sealed class Embedding
{
    private Embedding(Tensor table) => Table = table;

    /// <summary>The stored table [count, width].</summary>
    public Tensor Table { get; }

    /// <summary>Takes <c>weight</c> [count, width].</summary>
    /// <exception cref="InvalidDataException">The weight is missing or has another shape.</exception>
    public static Embedding Load(WeightReader weights, int count, int width) => new(weights.Stored("weight", count, width));

    /// <summary>Writes row <paramref name="ids"/>[i] into row i of <paramref name="destination"/> [at least ids.Length, width].</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not below the table's length.</exception>
    public void Gather(Compute compute, ReadOnlySpan<int> ids, Tensor destination)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)Table.Rows)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"Token id {id} lies outside the vocabulary of {Table.Rows}.");
            }
        }

        compute.Gather(Table, ids, destination);
    }
}
