using Fovea.Imaging.Codecs;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging.Codecs;

[Trait("kind", "reference")]
public sealed class InverseDctTests
{
    [Theory]
    [InlineData(1, 30)]
    [InlineData(8, 200)]
    [InlineData(64, 1000)]
    [InlineData(64, 30000)]
    public void Transform_OfRandomCoefficients_EqualsTheLoop(int count, int largest)
    {
        var random = new SplitMix64(7);
        for (int repeat = 0; repeat < 200; repeat++)
        {
            var block = new short[64];
            var factors = new int[64];
            int last = 0;
            for (int k = 0; k < 64; k++)
            {
                factors[k] = 1 + random.NextBelow(30);
                if (k < count)
                {
                    block[JpegTables.ZigZag[k]] = (short)(random.NextBelow((2 * largest) + 1) - largest);
                    last = block[JpegTables.ZigZag[k]] != 0 ? k : last;
                }
            }

            var samples = new byte[8 * 11];
            InverseDct.Transform(block, last, factors, samples, 11);
            byte[] expected = Slow(block, factors);
            for (int y = 0; y < 8; y++)
            {
                Assert.Equal(expected[(8 * y)..((8 * y) + 8)], samples[(11 * y)..((11 * y) + 8)]);
            }
        }
    }

    [Fact]
    public void Transform_OfALevel_IsFlat()
    {
        var samples = new byte[64];
        InverseDct.Transform([80, .. new short[63]], 0, [.. Enumerable.Repeat(1, 64)], samples, 8);
        Assert.All(samples, sample => Assert.Equal(138, sample));
    }

    /// <summary>The same integers, one vector of eight at a time.</summary>
    private static byte[] Slow(short[] block, int[] factors)
    {
        var work = new int[64];
        for (int i = 0; i < 64; i++)
        {
            work[i] = block[i] * factors[i];
        }

        for (int x = 0; x < 8; x++)
        {
            int[] column = [.. Enumerable.Range(0, 8).Select(y => work[(8 * y) + x])];
            Pass(column, 11);
            for (int y = 0; y < 8; y++)
            {
                work[(8 * y) + x] = column[y];
            }
        }

        var samples = new byte[64];
        for (int y = 0; y < 8; y++)
        {
            int[] row = work[(8 * y)..((8 * y) + 8)];
            Pass(row, 18);
            for (int x = 0; x < 8; x++)
            {
                samples[(8 * y) + x] = (byte)Math.Clamp(row[x] + 128, 0, 255);
            }
        }

        return samples;
    }

    private static void Pass(int[] v, int shift)
    {
        int z1 = (v[2] + v[6]) * 4433, t2 = z1 - (v[6] * 15137), t3 = z1 + (v[2] * 6270);
        int t0 = (v[0] + v[4]) << 13, t1 = (v[0] - v[4]) << 13;
        int[] even = [t0 + t3, t1 + t2, t1 - t2, t0 - t3];
        int z5 = (v[7] + v[3] + v[5] + v[1]) * 9633;
        int y1 = (v[7] + v[1]) * -7373, y2 = (v[5] + v[3]) * -20995, y3 = ((v[7] + v[3]) * -16069) + z5, y4 = ((v[5] + v[1]) * -3196) + z5;
        int[] odd = [(v[1] * 12299) + y1 + y4, (v[3] * 25172) + y2 + y3, (v[5] * 16819) + y2 + y4, (v[7] * 2446) + y1 + y3];
        for (int k = 0; k < 4; k++)
        {
            v[k] = (even[k] + odd[k] + (1 << (shift - 1))) >> shift;
            v[7 - k] = (even[k] - odd[k] + (1 << (shift - 1))) >> shift;
        }
    }
}
