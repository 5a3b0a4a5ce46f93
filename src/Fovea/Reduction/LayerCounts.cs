namespace Fovea.Reduction;

/// <summary>Visual tokens layer by layer, the basis of "N tokens on average".</summary>
public static class LayerCounts
{
    /// <summary>Tokens that each decoder layer sees.</summary>
    /// <param name="count">Tokens before any cut.</param>
    /// <param name="layers">Decoder layers.</param>
    /// <param name="cuts">First layer that sees a new count, and the count; ascending by layer.</param>
    public static int[] PerLayer(int count, int layers, IEnumerable<(int Layer, int Count)> cuts)
    {
        var counts = new int[layers];
        Array.Fill(counts, count);
        foreach (var (layer, kept) in cuts)
        {
            counts.AsSpan(layer).Fill(kept);
        }

        return counts;
    }
}
