namespace Fovea.Models;

/// <summary>
/// Which axis of a position drives which rotary frequency (multimodal rotary embedding, arXiv 2409.12191): in blocks (Qwen2-VL, Qwen2.5-VL), or interleaved
/// so that every axis has high and low frequencies (Qwen3-VL).
/// </summary>
internal static class MultimodalAxes
{
    private static readonly int[] InterleavedDefault = [24, 20, 20];

    /// <summary>Reads <c>mrope_section</c>: for each of <paramref name="count"/> frequencies its axis; empty for models with one-dimensional positions.</summary>
    /// <exception cref="InvalidDataException">The section is missing, or does not fit the head size.</exception>
    public static int[] Read(ConfigReader config, string type, int count)
    {
        if (type is not ("qwen2_vl" or "qwen2_5_vl" or "qwen3_vl" or "qwen3_vl_moe"))
        {
            return [];
        }

        bool interleaved = type is "qwen3_vl" or "qwen3_vl_moe";
        string key = config.Has("rope_scaling") ? "rope_scaling" : "rope_parameters";
        var section = config.Has(key) ? config.Object(key).Wholes("mrope_section") : [];
        if (section.Count == 0 && interleaved)
        {
            section = InterleavedDefault;
        }

        bool fits = section.Count == 3 && section.Min() >= 0 && (interleaved || section.Sum(length => (long)length) == count);
        if (!fits)
        {
            var holder = config.Has(key) ? config.Object(key) : config;
            throw holder.Wrong("mrope_section", interleaved ? "three lengths" : $"three lengths whose sum is half the head size ({count})");
        }

        return interleaved ? Interleaved(section, count) : [.. Enumerable.Range(0, 3).SelectMany(axis => Enumerable.Repeat(axis, section[axis]))];
    }

    private static int[] Interleaved(IReadOnlyList<int> section, int count) =>
        [.. Enumerable.Range(0, count).Select(frequency => frequency % 3 is var axis and > 0 && frequency < 3L * section[axis] ? axis : 0)];
}
