using Fovea.Reduction.Clustering;
using Fovea.Reduction.Importance;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>A user's own pruning score and own clustering inside <see cref="Pact"/>; without them the repository's examples.</summary>
public sealed record PactHooks
{
    /// <summary>The examples.</summary>
    public static PactHooks Examples { get; } = new();

    /// <summary>The importance of every visual token; higher is kept.</summary>
    public Func<PrefixWindow, float[]> Importance { get; init; } = OwnProduct;

    /// <summary>The clusters of the tokens that pruning left and, behind them, of those it pruned, where they are offered.</summary>
    public Func<MergeInput, Clusters> Merge { get; init; } = Windows;

    /// <summary>The example of custom pruning: ⟨k_j, q_j⟩ of each token, mean over heads.</summary>
    public static float[] OwnProduct(PrefixWindow window) => Array.ConvertAll(window.Visual, row =>
    {
        float sum = 0;
        for (int head = 0; head < window.Heads; head++)
        {
            sum += TensorPrimitives.Dot<float>(
                window.Queries.Row<float>(row).Slice(head * window.HeadSize, window.HeadSize),
                window.Keys.Row<float>(row).Slice(window.KeyHead(head) * window.HeadSize, window.HeadSize));
        }

        return sum / window.Heads;
    });

    /// <summary>The example of custom merging: windows of <c>cutoff</c> tokens one after the other, the middle one stands for all; a last window that is not full is dropped.</summary>
    public static Clusters Windows(MergeInput input)
    {
        int size = Math.Max(1, (int)input.Cutoff), full = input.Vectors.Rows / size * size;
        var labels = new int[input.Vectors.Rows + (input.PrunedVectors?.Rows ?? 0)];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = i < full ? (i / size * size) + (size / 2) : -1;
        }

        return new Clusters(labels);
    }
}
