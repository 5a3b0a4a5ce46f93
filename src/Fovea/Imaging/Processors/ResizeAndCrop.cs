namespace Fovea.Imaging.Processors;

/// <summary>The steps of CLIP: resize to a size or a short edge, then cut out the middle. Each can be left out.</summary>
internal sealed record ResizeAndCrop(PixelSettings Pixels, TargetSize Size, ImageSize? Crop)
{
    /// <summary>Reads <c>size</c>, <c>do_center_crop</c> and <c>crop_size</c>.</summary>
    /// <param name="config">The file.</param>
    /// <param name="pixels">The shared settings.</param>
    /// <param name="size">The default size.</param>
    /// <param name="crop">The default size of the middle; null if this processor does not cut unless it is told to.</param>
    public static ResizeAndCrop Read(ConfigReader config, PixelSettings pixels, TargetSize size, TargetSize? crop)
    {
        var target = config.Size("size", size, square: size.IsExact);
        if (target.LongestEdge != 0 || (!target.IsExact && target.ShortestEdge is < 1 or > int.MaxValue))
        {
            throw config.Error("size", "needs shortest_edge alone, or height and width");
        }

        if (!config.Flag("do_center_crop", crop is not null))
        {
            return new ResizeAndCrop(pixels, target, null);
        }

        var middle = config.Size("crop_size", crop ?? default, square: true);
        return middle.IsExact ? new ResizeAndCrop(pixels, target, middle.Exact) : throw config.Error("crop_size", "needs height and width");
    }

    /// <summary>The size of a picture that is resized without keeping its aspect: the exact size, or a square of the short edge.</summary>
    public ImageSize Square => Size.IsExact ? Size.Exact : new ImageSize((int)Size.ShortestEdge, (int)Size.ShortestEdge);

    /// <summary>The size of a picture after resizing.</summary>
    public ImageSize SizeOf(Image image) => Size.ShortestEdge > 0 ? ImageGeometry.ShortestEdge(ImageSize.Of(image), (int)Size.ShortestEdge) : Size.Exact;

    public Image Apply(Image image)
    {
        var resized = Pixels.Resizes ? Pixels.Resize(image, SizeOf(image)) : image;
        return Crop is { } middle ? Canvas.CutCentre(resized, middle, Pixels.Variant) : resized;
    }
}
