using System.Text.RegularExpressions;

namespace Fovea.Imaging.Processors;

/// <summary>
/// The processor of a checkpoint in LLaVA's own layout: the vision encoder's file gives the steps, and <c>image_aspect_ratio</c> of the model what comes
/// before them.
/// Source: <c>llava/mm_utils.py</c> of the repositories LLaVA and LLaVA-NeXT.
/// </summary>
internal static partial class OriginalLlava
{
    private const int MostTilesASide = 64;

    public static ImageProcessor Create(ConfigReader model, ConfigReader encoder, ProcessorVariant variant)
    {
        var single = Single(encoder, variant);
        string ratio = model.Text("image_aspect_ratio") ?? "square";
        if (!ratio.StartsWith("anyres", StringComparison.Ordinal))
        {
            return ratio == "pad" ? new ClipProcessor(single.Steps, padsToSquare: true) : single;
        }

        var steps = single.Steps;
        int tile = (steps.Crop ?? steps.Square).Height;
        var canvases = Canvases(model, tile);

        // Checkpoints of the later recipe (LLaVA-OneVision) see several pictures of a prompt as squares.
        return new AnyResolutionProcessor(steps, steps.Square, tile, canvases, squaresSeveral: ratio.StartsWith("anyres_max", StringComparison.Ordinal));
    }

    /// <summary>What happens to a picture that is not cut, such as a frame of a video.</summary>
    public static ResizeAndCrop Steps(ConfigReader encoder, ProcessorVariant variant) => Single(encoder, variant).Steps;

    private static ClipProcessor Single(ConfigReader encoder, ProcessorVariant variant)
    {
        string name = encoder.Text("image_processor_type") ?? encoder.Text("feature_extractor_type") ?? "";
        return name.StartsWith("Siglip", StringComparison.OrdinalIgnoreCase)
            ? ClipProcessor.ReadSiglip(encoder, variant)
            : ClipProcessor.Read(encoder, variant, mayPad: false);
    }

    /// <summary>The canvases: pairs in the order width, height, or a range such as <c>(1x1),...,(6x6)</c> in tiles.</summary>
    private static ImageSize[] Canvases(ConfigReader model, int tile)
    {
        const string Key = "image_grid_pinpoints";
        if (!model.TryGet(Key, out var value) || value.ValueKind != System.Text.Json.JsonValueKind.String)
        {
            var pairs = model.Sizes(Key, []);
            return pairs.Length > 0
                ? Array.ConvertAll(pairs, pair => AnyResolutionProcessor.CheckCanvas(model, new ImageSize(pair.Width, pair.Height), tile))
                : throw model.Error(Key, "is missing");
        }

        var corners = Pair().Matches(value.GetString() ?? "");
        int[] range = corners.Count > 0 ? [.. Sides(corners[0]), .. Sides(corners[^1])] : [];
        if (range.Length == 0 || Array.Exists(range, n => n is < 1 or > MostTilesASide) || range[2] < range[0] || range[3] < range[1])
        {
            throw model.Error(Key, "is no range such as (1x1),...,(6x6)");
        }

        return
        [
            .. from width in Enumerable.Range(range[0], range[2] - range[0] + 1)
               from height in Enumerable.Range(range[1], range[3] - range[1] + 1)
               select new ImageSize(height * tile, width * tile),
        ];
    }

    private static int[] Sides(Match pair) => [int.Parse(pair.Groups[1].ValueSpan), int.Parse(pair.Groups[2].ValueSpan)];

    [GeneratedRegex(@"\(([0-9]{1,4})x([0-9]{1,4})\)", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();
}
