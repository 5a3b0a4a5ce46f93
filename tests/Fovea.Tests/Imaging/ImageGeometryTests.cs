using Fovea.Imaging;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging;

[Trait("kind", "property")]
public sealed class ImageGeometryTests
{
    [Fact]
    public void SmartResize_OfAnySize_GivesMultiplesWithinTheLimits()
    {
        var random = new SplitMix64(1);
        for (int i = 0; i < 2000; i++)
        {
            var size = new ImageSize(1 + random.NextBelow(3000), 1 + random.NextBelow(3000));
            if (Math.Max(size.Height, size.Width) > 100L * Math.Min(size.Height, size.Width))
            {
                continue;
            }

            var resized = ImageGeometry.SmartResize(size, 28, 3136, 1003520);
            Assert.True(resized.Height % 28 == 0 && resized.Width % 28 == 0);
            Assert.InRange(resized.Area, 3136, Math.Max(1003520, 28 * resized.Height));
        }
    }

    [Fact]
    public void BestResolution_OfACanvasItself_IsThatCanvas()
    {
        ImageSize[] canvases = [new(336, 672), new(672, 336), new(672, 672)];
        Assert.All(canvases, canvas => Assert.Equal(canvas, ImageGeometry.BestResolution(canvas, canvases)));
        Assert.Throws<ArgumentException>(() => ImageGeometry.BestResolution(new ImageSize(1, 1), []));
    }

    [Fact]
    public void FitInside_OfAnySize_FillsOneSideAndStaysInside()
    {
        var random = new SplitMix64(2);
        for (int i = 0; i < 1000; i++)
        {
            var canvas = new ImageSize(1 + random.NextBelow(900), 1 + random.NextBelow(900));
            var inside = ImageGeometry.FitInside(new ImageSize(1 + random.NextBelow(900), 1 + random.NextBelow(900)), canvas);
            Assert.True(inside.Height <= canvas.Height && inside.Width <= canvas.Width && inside.Height > 0 && inside.Width > 0);
            Assert.True(inside.Height == canvas.Height || inside.Width == canvas.Width);
        }
    }

    [Fact]
    public void TileGrid_WithTooNarrowLimits_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ImageGeometry.TileGrid(new ImageSize(10, 10), new ImageSize(4, 4), 3, 2));

    [Fact]
    public void ShortestEdge_OfAnEndlessStrip_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ImageGeometry.ShortestEdge(new ImageSize(1, 100_000_000), 336));
}
