using Fovea.Imaging.Codecs;

namespace Fovea.Tests.Imaging.Codecs;

[Trait("kind", "reference")]
public sealed class JpegColorTests
{
    [Fact]
    public void YCbCr_OfEveryChroma_EqualsTheFormula()
    {
        // 259 is no multiple of a vector, so the tail is seen too.
        const int Width = 259;
        foreach (int luma in (int[])[0, 1, 127, 128, 254, 255])
        {
            for (int cr = 0; cr < 256; cr++)
            {
                byte[] y = [.. Enumerable.Repeat((byte)luma, Width)];
                byte[] blue = [.. Enumerable.Range(0, Width).Select(x => (byte)x)];
                byte[] red = [.. Enumerable.Repeat((byte)cr, Width)];
                var rgb = new byte[3 * Width];
                JpegColor.YCbCr(y, blue, red, rgb);
                for (int x = 0; x < Width; x++)
                {
                    int b = blue[x] - 128, r = cr - 128;
                    Assert.Equal(Clamp(luma + (((91881 * r) + 32768) >> 16)), rgb[3 * x]);
                    Assert.Equal(Clamp(luma + (((-22554 * b) - (46802 * r) + 32768) >> 16)), rgb[(3 * x) + 1]);
                    Assert.Equal(Clamp(luma + (((116130 * b) + 32768) >> 16)), rgb[(3 * x) + 2]);
                }
            }
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
