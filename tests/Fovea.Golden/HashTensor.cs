using System.Text.Json;
using Fovea.Tensors;

namespace Fovea.Golden;

/// <summary>Tensors that are too large to store: every number is a hash of its place, spread over a range.</summary>
internal static class HashTensor
{
    /// <summary>The tensor of <c>sigma</c>, <c>scale</c>, <c>offset</c> and <c>shape</c>.</summary>
    public static Tensor Of(JsonElement generator)
    {
        ulong sigma = generator.GetProperty("sigma").GetUInt64();
        double scale = generator.GetProperty("scale").GetDouble(), offset = generator.GetProperty("offset").GetDouble();
        var tensor = Tensor.Allocate([.. generator.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())]);
        var values = tensor.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(((Hash((ulong)i + 1, sigma) / 4294967296.0) - 0.5) * scale + offset);
        }

        return tensor;
    }

    private static ulong Hash(ulong place, ulong sigma)
    {
        ulong h = unchecked((place * 2654435761) + (sigma * 40503)) & 0xFFFFFFFF;
        h = unchecked((h ^ (h >> 15)) * 2246822519) & 0xFFFFFFFF;
        return h ^ (h >> 13);
    }
}
