using Fovea.Imaging;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging;

/// <summary>Resizing against plain loops over the definition.</summary>
[Trait("kind", "reference")]
public sealed class ResizeTests
{
    private static readonly ImageSize[] Targets = [new(1, 1), new(3, 5), new(9, 17), new(31, 23), new(40, 64), new(17, 90)];

    [Theory]
    [InlineData(ResampleFilter.Box)]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Hamming)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void PillowResize_OfRandomPictures_EqualsTheLoop(ResampleFilter filter)
    {
        var image = Noise(37, 41, 1);
        foreach (var size in Targets)
        {
            var expected = Slow(Slow(Pixels(image), filter, size.Width, horizontal: true, 22), filter, size.Height, horizontal: false, 22);
            var actual = PillowResize.Resize(image, size.Width, size.Height, filter, order: PassOrder.HorizontalFirst);
            Assert.Equal(Flat(expected), actual.Rgb.ToArray());
        }
    }

    [Theory]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void TensorResize_OfRandomPictures_IsWithinOneLevelOfPillow(ResampleFilter filter)
    {
        // Only the precision of the weights differs, once in each of the two passes.
        var image = Noise(37, 41, 2);
        foreach (var size in Targets)
        {
            var slow = PillowResize.Resize(image, size.Width, size.Height, filter, order: PassOrder.HorizontalFirst).Rgb;
            var fast = TensorResize.Resize(image, size, filter).Rgb;
            for (int i = 0; i < slow.Length; i++)
            {
                Assert.InRange(fast[i] - slow[i], -2, 2);
            }
        }
    }

    [Theory]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    public void TensorResize_OfFloats_IsNearTheResizedLevels(ResampleFilter filter)
    {
        // A smooth picture, so that no overshoot is clamped between the passes.
        var image = Smooth(30, 20);
        float[] floats = [.. image.Rgb.ToArray().Select(sample => (float)sample)];
        foreach (var size in Targets)
        {
            var levels = TensorResize.Resize(image, size, filter).Rgb;
            float[] actual = TensorResize.Resize(floats, ImageSize.Of(image), 3, size, filter);
            for (int i = 0; i < levels.Length; i++)
            {
                Assert.InRange(actual[i] - levels[i], -1.5f, 1.5f);
            }
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Resize_ToTheSameSize_IsIdentity()
    {
        var image = Noise(12, 7, 3);
        Assert.Same(image, PillowResize.Resize(image, 12, 7));
        Assert.Same(image, TensorResize.Resize(image, new ImageSize(7, 12)));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Resize_OfOneColor_KeepsIt()
    {
        var image = new Image(19, 23, [.. Enumerable.Range(0, 19 * 23).SelectMany(_ => new byte[] { 7, 130, 251 })]);
        foreach (var size in Targets)
        {
            foreach (var resized in (Image[])[PillowResize.Resize(image, size.Width, size.Height), TensorResize.Resize(image, size)])
            {
                Assert.True(resized.Rgb.ToArray().Chunk(3).All(pixel => pixel is [7, 130, 251]));
            }
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Resize_OfABox_EqualsResizingTheCutPicture()
    {
        var image = Noise(20, 16, 4);
        byte[] part = [.. Enumerable.Range(3, 10).SelectMany(y => image.Row(y).Slice(3 * 5, 3 * 8).ToArray())];
        var cut = new Image(8, 10, part);

        // A box filter never looks beyond its box where the sizes divide; longer ones look at the pixels around it.
        Assert.Equal(PillowResize.Resize(cut, 4, 5, ResampleFilter.Box).Rgb.ToArray(), PillowResize.Resize(image, 4, 5, ResampleFilter.Box, new ResizeBox(5, 3, 13, 13)).Rgb.ToArray());
    }

    [Fact]
    [Trait("kind", "property")]
    public void Resize_ToAbsurdSizes_IsRefused()
    {
        var image = Noise(2, 2, 5);
        Assert.Throws<ArgumentException>(() => PillowResize.Resize(image, 1 << 20, 1 << 20));
        Assert.Throws<ArgumentException>(() => TensorResize.Resize(image, new ImageSize(1 << 20, 1 << 20)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(image, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(image, 5, 5, box: new ResizeBox(0, 0, 3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorResize.Resize(image, new ImageSize(5, 5), ResampleFilter.Box));
    }

    private static Image Noise(int width, int height, ulong seed)
    {
        var random = new SplitMix64(seed);
        return new Image(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.Next())]);
    }

    private static Image Smooth(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(128 + (60 * Math.Sin(i / 3 % width * 0.2) * Math.Cos(i / (3 * width) * 0.3))))]);

    private static byte[,,] Pixels(Image image)
    {
        var pixels = new byte[image.Height, image.Width, 3];
        for (int i = 0; i < image.Rgb.Length; i++)
        {
            pixels[i / 3 / image.Width, i / 3 % image.Width, i % 3] = image.Rgb[i];
        }

        return pixels;
    }

    private static byte[] Flat(byte[,,] pixels) => [.. pixels.Cast<byte>()];

    private static byte[,,] Slow(byte[,,] pixels, ResampleFilter filter, int outputs, bool horizontal, int bits)
    {
        int height = pixels.GetLength(0), width = pixels.GetLength(1), inputs = horizontal ? width : height;
        if (inputs == outputs)
        {
            return pixels;
        }

        var result = horizontal ? new byte[height, outputs, 3] : new byte[outputs, width, 3];
        double scale = (double)inputs / outputs, widened = Math.Max(scale, 1), support = Support(filter) * widened;
        for (int i = 0; i < outputs; i++)
        {
            double centre = (i + 0.5) * scale;
            int low = Math.Max(0, (int)(centre - support + 0.5)), high = Math.Min(inputs, (int)(centre + support + 0.5));
            double[] weights = [.. Enumerable.Range(low, high - low).Select(j => Weight(filter, (j - centre + 0.5) * (1 / widened)))];
            double sum = 0;
            Array.ForEach(weights, weight => sum += weight);
            int[] taps = Array.ConvertAll(weights, weight => (int)((weight / sum * (1 << bits)) + (weight / sum < 0 ? -0.5 : 0.5)));
            for (int line = 0; line < (horizontal ? height : width); line++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    int level = 1 << (bits - 1);
                    for (int j = 0; j < taps.Length; j++)
                    {
                        level += taps[j] * (horizontal ? pixels[line, low + j, channel] : pixels[low + j, line, channel]);
                    }

                    byte sample = (byte)Math.Clamp(level >> bits, 0, 255);
                    _ = horizontal ? result[line, i, channel] = sample : result[i, line, channel] = sample;
                }
            }
        }

        return result;
    }

    private static double Support(ResampleFilter filter) => filter switch { ResampleFilter.Box => 0.5, ResampleFilter.Bicubic => 2, ResampleFilter.Lanczos => 3, _ => 1 };

    private static double Weight(ResampleFilter filter, double x)
    {
        double d = Math.Abs(x), sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
        return filter switch
        {
            ResampleFilter.Box => x > -0.5 && x <= 0.5 ? 1 : 0,
            ResampleFilter.Bilinear => Math.Max(0, 1 - d),
            ResampleFilter.Hamming => d < 1 ? sinc * (0.54 + (0.46 * Math.Cos(Math.PI * x))) : 0,
            ResampleFilter.Bicubic => d < 1 ? (1.5 * d * d * d) - (2.5 * d * d) + 1 : d < 2 ? (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2 : 0,
            _ => d < 3 ? sinc * (x == 0 ? 1 : Math.Sin(Math.PI * x / 3) / (Math.PI * x / 3)) : 0,
        };
    }
}
