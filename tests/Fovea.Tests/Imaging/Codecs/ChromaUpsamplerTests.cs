using Fovea.Imaging.Codecs;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging.Codecs;

/// <summary>Upsampling against the formulas pixel by pixel, through frames whose second component is smaller than the first.</summary>
[Trait("kind", "reference")]
public sealed class ChromaUpsamplerTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(1, 2)]
    [InlineData(4, 1)]
    [InlineData(3, 2)]
    public void Row_OfEveryWidth_EqualsTheFormula(int factorX, int factorY)
    {
        var random = new SplitMix64(5);
        foreach (int width in (int[])[1, 2, 3, 4, 5, 16, 31, 33, 34, 67, 100])
        {
            const int Height = 7;
            var frame = Frame(width, Height, factorX, factorY);
            var chroma = frame.Components[1];
            for (int i = 0; i < chroma.Plane.Length; i++)
            {
                chroma.Plane[i] = (byte)random.Next();
            }

            var upsampler = new ChromaUpsampler(frame, chroma);
            for (int y = 0; y < Height; y++)
            {
                var row = upsampler.Row(y);
                for (int x = 0; x < width; x++)
                {
                    Assert.Equal(Slow(chroma, factorX, factorY, x, y), row[x]);
                }
            }
        }
    }

    private static JpegFrame Frame(int width, int height, int factorX, int factorY)
    {
        byte[] header = [8, 0, (byte)height, 0, (byte)width, 3, 1, (byte)((factorX << 4) | factorY), 0, 2, 0x11, 0, 3, 0x11, 0];
        return JpegFrame.Parse(new ImageInput(header, "test", new()), header, progressive: false, bytesLeft: 100_000);
    }

    private static int Slow(JpegComponent plane, int factorX, int factorY, int x, int y)
    {
        int Sample(int column, int row) => plane.Plane[(Math.Clamp(row, 0, plane.Height - 1) * plane.Stride) + Math.Clamp(column, 0, plane.Width - 1)];
        int nearX = x / factorX, nearY = y / factorY, sideX = (x & 1) == 0 ? nearX - 1 : nearX + 1, sideY = (y & 1) == 0 ? nearY - 1 : nearY + 1;
        int Column(int column) => (3 * Sample(column, nearY)) + Sample(column, sideY);
        return (factorX, factorY) switch
        {
            (2, 1) when plane.Width > 2 && (nearX + ((x & 1) * 2) - 1 < 0 || sideX >= plane.Width) => Sample(nearX, nearY),
            (2, 1) when plane.Width > 2 => ((3 * Sample(nearX, nearY)) + Sample(sideX, nearY) + 1 + (x & 1)) >> 2,
            (2, 2) when plane.Width > 2 => ((3 * Column(nearX)) + Column(sideX) + 8 - (x & 1)) >> 4,
            (1, 2) => (Column(x) + 1 + (y & 1)) >> 2,
            _ => Sample(nearX, nearY),
        };
    }
}
