using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Importance;

/// <summary>
/// EUTI's importance (PACT, arXiv 2504.08966): the softmax, head by head, of the keys' products with the mean query, averaged over heads. No mask, no
/// attention matrix: heads · tokens · head size.
/// </summary>
public static class MeanQueryAttention
{
    /// <summary>The importance of every visual token.</summary>
    public static float[] Of(PrefixWindow window)
    {
        var mean = new float[window.Queries.RowLength];
        for (int row = 0; row < window.Length; row++)
        {
            TensorPrimitives.Add<float>(mean, window.Queries.Row<float>(row), mean);
        }

        TensorPrimitives.Divide(mean, window.Length, mean);
        TensorPrimitives.Multiply(mean, 1 / MathF.Sqrt(window.HeadSize), mean);
        int[] keys = window.KeyRows;
        var scores = new float[keys.Length];
        var sum = new float[keys.Length];
        for (int head = 0; head < window.Heads; head++)
        {
            var query = mean.AsSpan(head * window.HeadSize, window.HeadSize);
            int start = window.KeyHead(head) * window.HeadSize;
            for (int j = 0; j < keys.Length; j++)
            {
                scores[j] = TensorPrimitives.Dot<float>(query, window.Keys.Row<float>(keys[j]).Slice(start, window.HeadSize));
            }

            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
            TensorPrimitives.Exp<float>(scores, scores);
            TensorPrimitives.Divide(scores, TensorPrimitives.Sum<float>(scores), scores);
            TensorPrimitives.Add<float>(sum, scores, sum);
        }

        TensorPrimitives.Divide(sum, window.Heads, sum);
        return window.AtVisual(Array.ConvertAll(sum, score => float.IsNaN(score) ? 0 : score));
    }
}
