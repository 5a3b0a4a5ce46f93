namespace Fovea.Imaging.Processors;

/// <summary>
/// LLaVA-NeXT and LLaVA-OneVision: the whole picture at low resolution, then the tiles of the canvas that suits it best, the picture in its middle on black.
/// </summary>
/// <param name="steps">What happens to each tile after cutting.</param>
/// <param name="baseSize">The size of the whole picture; its aspect is not kept.</param>
/// <param name="tile">The side of a tile before <paramref name="steps"/>.</param>
/// <param name="canvases">The canvases to choose from.</param>
/// <param name="squaresSeveral">Whether several pictures in a prompt are padded to squares, one tile each, instead of being cut.</param>
internal sealed class AnyResolutionProcessor(ResizeAndCrop steps, ImageSize baseSize, int tile, IReadOnlyList<ImageSize> canvases, bool squaresSeveral)
    : TileProcessor(steps.Pixels)
{
    private const int OneVisionSide = 384;
    private const int OneVisionGrid = 6;

    private static readonly ImageSize[] NextCanvases = [new(336, 672), new(672, 336), new(672, 672), new(1008, 336), new(336, 1008)];

    /// <summary>Reads LlavaNextImageProcessor.</summary>
    public static AnyResolutionProcessor ReadNext(ConfigReader config, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        var steps = ResizeAndCrop.Read(config, pixels, TargetSize.Edge(224), TargetSize.Square(224));
        var crop = config.Size("crop_size", TargetSize.Square(224), square: true);
        int tile = crop.IsExact ? crop.Height : throw config.Error("crop_size", "needs height and width");
        return Create(config, steps, tile, NextCanvases, squaresSeveral: false);
    }

    /// <summary>Reads LlavaOnevisionImageProcessor.</summary>
    public static AnyResolutionProcessor ReadOneVision(ConfigReader config, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        var steps = ResizeAndCrop.Read(config, pixels, TargetSize.Square(OneVisionSide), null) with { Crop = null };
        var sides = Enumerable.Range(1, OneVisionGrid).Select(n => n * OneVisionSide).ToArray();
        ImageSize[] canvases = [.. from height in sides from width in sides select new ImageSize(height, width)];
        return Create(config, steps, steps.Square.Height, canvases, squaresSeveral: true);
    }

    /// <summary>Refuses a canvas that is not made of whole tiles.</summary>
    public static ImageSize CheckCanvas(ConfigReader config, ImageSize canvas, int tile) => canvas.Height % tile == 0 && canvas.Width % tile == 0
        ? canvas
        : throw config.Error("image_grid_pinpoints", $"has {canvas}, which is not made of tiles of {tile}");

    protected override TiledImage Cut(Image image, int count)
    {
        if (squaresSeveral && count > 1)
        {
            return new TiledImage([steps.Apply(Canvas.PadToSquare(image, Pixels.Background))]);
        }

        var size = ImageSize.Of(image);
        var canvas = ImageGeometry.BestResolution(size, canvases);
        var inside = ImageGeometry.FitInside(size, canvas);
        var placed = Canvas.Place(Pixels.Resize(image, inside), canvas, (canvas.Height - inside.Height) / 2, (canvas.Width - inside.Width) / 2, [0, 0, 0]);
        var whole = Pixels.Resize(image, baseSize);
        return new TiledImage([steps.Apply(whole), .. Canvas.Tiles(placed, new ImageSize(tile, tile)).Select(steps.Apply)])
        {
            Rows = canvas.Height / tile,
            Columns = canvas.Width / tile,
            HasBase = true,
        };
    }

    private static AnyResolutionProcessor Create(ConfigReader config, ResizeAndCrop steps, int tile, ImageSize[] defaults, bool squaresSeveral)
    {
        var canvases = Array.ConvertAll(config.Sizes("image_grid_pinpoints", defaults), canvas => CheckCanvas(config, canvas, tile));
        return new AnyResolutionProcessor(steps, steps.Square, tile, canvases, squaresSeveral);
    }
}
