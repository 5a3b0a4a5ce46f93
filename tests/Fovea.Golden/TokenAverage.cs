using Fovea.Reduction;

namespace Fovea.Golden;

/// <summary><c>reduction/token_average</c>: budget arithmetic over layers.</summary>
internal static class TokenAverage
{
    public static void Run(GoldenCase golden)
    {
        int count = golden.Options.GetProperty("count").GetInt32(), layers = golden.Options.GetProperty("layers").GetInt32();
        if (golden.Options.TryGetProperty("average", out var average))
        {
            int layer = golden.Options.GetProperty("cut_layer").GetInt32();
            golden.Check("keep", [TokenBudget.ForAverage(average.GetDouble(), count, layer, layers).Of(count)]);
            return;
        }

        var cuts = golden.Options.GetProperty("cuts").EnumerateArray().Select(cut => (cut[0].GetInt32(), cut[1].GetInt32()));
        int[] perLayer = LayerCounts.PerLayer(count, layers, cuts);
        golden.Check("per_layer", perLayer);
        golden.Check("average", [(float)perLayer.Average()]);
    }
}
