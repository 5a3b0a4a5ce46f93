namespace Fovea.Imaging.Processors;

/// <summary>
/// InternVL: the picture is stretched to a grid of tiles of about its aspect; if there is more than one, the whole picture follows as one more.
/// </summary>
internal sealed class InternVlProcessor(PixelSettings pixels, ImageSize tile, InternVlTiling? tiling) : TileProcessor(pixels)
{
    private const int DefaultSide = 384;

    // The slow class cuts with bicubic whatever the file says.
    private readonly PixelSettings _cutting = pixels.Variant == ProcessorVariant.Slow ? pixels with { Filter = ResampleFilter.Bicubic } : pixels;

    /// <summary>Reads GotOcr2ImageProcessor.</summary>
    /// <param name="config">The file.</param>
    /// <param name="variant">Slow or fast.</param>
    /// <param name="alwaysCuts">Whether the model's processor cuts whatever <c>crop_to_patches</c> says.</param>
    public static InternVlProcessor Read(ConfigReader config, ProcessorVariant variant, bool alwaysCuts)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        var size = config.Size("size", TargetSize.Square(DefaultSide), square: true);
        if (!size.IsExact)
        {
            throw config.Error("size", "needs height and width");
        }

        bool cuts = alwaysCuts || config.Flag("crop_to_patches", false);
        return new InternVlProcessor(pixels, size.Exact, cuts ? InternVlTiling.Read(config, "min_patches", "max_patches", 12) : null);
    }

    /// <summary>
    /// Reads the original layout, whose settings of tiling lie in the model's <c>config.json</c>. Source: the model card of OpenGVLab/InternVL2_5 and
    /// <c>dataset.py</c>.
    /// </summary>
    public static InternVlProcessor ReadOriginal(ConfigReader model, ConfigReader preprocessor, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(preprocessor, variant, PixelSettings.ImageNetMean, PixelSettings.ImageNetDeviation);
        bool thumbnail = model.Flag("use_thumbnail", false);
        var tiling = model.Flag("dynamic_image_size", false) ? InternVlTiling.Read(model, "min_dynamic_patch", "max_dynamic_patch", 6) : null;
        return new InternVlProcessor(pixels, OriginalTile(model, preprocessor), tiling is null ? null : tiling with { Thumbnail = thumbnail });
    }

    /// <summary>The size of a tile in the original layout.</summary>
    public static ImageSize OriginalTile(ConfigReader model, ConfigReader preprocessor)
    {
        var size = preprocessor.Size("size", TargetSize.Square(448), square: true);
        long learned = model.TryGet("vision_config", out var vision)
            ? new ConfigReader(vision, "config.json: vision_config").Integer("image_size", 224)
            : size.IsExact ? size.Height : 448;
        int side = (int)model.Integer("force_image_size", learned);
        return new ImageSize(side, side);
    }

    protected override TiledImage Cut(Image image, int count)
    {
        if (tiling is null)
        {
            return new TiledImage([Pixels.Resizes ? Pixels.Resize(image, tile) : image]);
        }

        var (rows, columns) = ImageGeometry.TileGrid(ImageSize.Of(image), tile, tiling.Fewest, tiling.Most);
        var canvas = new ImageSize(checked(rows * tile.Height), checked(columns * tile.Width));
        var tiles = Canvas.Tiles(_cutting.Resize(image, canvas), tile).ToList();
        bool thumbnail = tiling.Thumbnail && tiles.Count > 1;
        if (thumbnail)
        {
            tiles.Add(_cutting.Resize(image, tile));
        }

        return new TiledImage([.. tiles]) { Rows = rows, Columns = columns, HasThumbnail = thumbnail };
    }
}
