using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>What the visual pass hands to the language model.</summary>
/// <param name="Tokens">[visual tokens, hidden size]; owned.</param>
/// <param name="DeepStack">For each of the first decoder layers what is added to the visual tokens behind it; [visual tokens, hidden size]; owned.</param>
internal sealed record VisualTokens(Tensor Tokens, IReadOnlyList<Tensor> DeepStack) : IDisposable
{
    /// <summary>No visual tokens.</summary>
    public static VisualTokens None(int width) => new(Tensor.Allocate(0, width), []);

    /// <summary>
    /// Applies a map over the visual tokens to what is still to be added. An output that shares its representative with the one in front of it is new, and
    /// nothing is added to it.
    /// </summary>
    public void Apply(Compute compute, TokenMap map)
    {
        int[] own = map.OwnRepresentatives();
        foreach (var level in DeepStack)
        {
            var mark = compute.Arena.Top;
            map.Apply(compute, level).AsSpan<float>().CopyTo(level.AsSpan<float>());
            level.Truncate(map.Outputs);
            for (int i = 0; i < own.Length; i++)
            {
                if (own[i] < 0)
                {
                    level.Row<float>(i).Clear();
                }
            }

            compute.Arena.Release(mark);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        foreach (var level in DeepStack)
        {
            level.Dispose();
        }
    }
}
