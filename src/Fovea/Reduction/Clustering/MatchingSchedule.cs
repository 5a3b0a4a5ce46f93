namespace Fovea.Reduction.Clustering;

/// <summary>
/// How many tokens ToMe merges before each layer in orailix/PACT: falling linearly, so that the mean over all layers is the same as that of one reduction to
/// a share before a given layer. The products are f32, as in the repository.
/// </summary>
public static class MatchingSchedule
{
    /// <summary>Merges before the first layer, not rounded.</summary>
    /// <param name="layers">n.</param>
    /// <param name="layer">The layer of the equivalent single reduction.</param>
    /// <param name="share">The share kept there.</param>
    /// <param name="tokens">Visual tokens before layer 0.</param>
    public static float First(int layers, int layer, double share, int tokens)
    {
        double mean = 1 - ((1 - share) * ((double)(layers - layer) / layers));
        return (float)(6 * layers * (1 - mean) / ((layers + 1.0) * ((2 * layers) + 1))) * tokens;
    }

    /// <summary>Merges before layer <paramref name="index"/>, before clipping to what is there.</summary>
    public static int At(float first, int layers, int index) => (int)(first * (float)((double)(layers - index) / layers)) + 1;

    /// <summary>Visual tokens that every layer's attention sees.</summary>
    public static int[] TokensPerLayer(int layers, int layer, double share, int tokens)
    {
        float first = First(layers, layer, share, tokens);
        var counts = new int[layers];
        for (int i = 0; i < layers; i++)
        {
            tokens -= BipartiteMatching.Clip(At(first, layers, i), tokens);
            counts[i] = tokens;
        }

        return counts;
    }
}
