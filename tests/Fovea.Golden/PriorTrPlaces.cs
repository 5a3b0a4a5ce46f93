using System.Text.Json;

namespace Fovea.Golden;

/// <summary>Where the copies look for visual tokens, and how many they expect; the engine's own segments must agree wherever the copies are right.</summary>
internal static class PriorTrPlaces
{
    /// <summary>The first run of visual tokens in a prompt.</summary>
    public static void Range(JsonElement row, JsonElement ids)
    {
    }

    /// <summary>How many visual tokens LLaVA-1.5 and 1.6 make of a picture.</summary>
    public static void Count(GoldenCase golden, JsonElement row)
    {
    }
}
