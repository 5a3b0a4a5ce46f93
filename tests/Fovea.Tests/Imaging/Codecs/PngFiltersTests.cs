using Fovea.Imaging.Codecs;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging.Codecs;

[Trait("kind", "reference")]
public sealed class PngFiltersTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Undo_OfEveryLengthAndDistance_EqualsTheLoop(byte filter)
    {
        var random = new SplitMix64(3);
        foreach (int distance in (int[])[1, 2, 3, 4, 6, 8])
        {
            for (int length = 0; length < 70; length++)
            {
                byte[] stored = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next())];
                byte[] above = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next())];
                var row = new byte[length];
                Assert.True(PngFilters.Undo(filter, stored, above, row, distance));
                Assert.Equal(Slow(filter, stored, above, distance), row);
            }
        }
    }

    [Fact]
    public void Undo_OfUnknownFilter_IsFalse() => Assert.False(PngFilters.Undo(5, [1], [0], new byte[1], 1));

    private static byte[] Slow(byte filter, byte[] stored, byte[] above, int distance)
    {
        var row = new byte[stored.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i >= distance ? row[i - distance] : 0, b = above[i], c = i >= distance ? above[i - distance] : 0;
            int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
            int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
            row[i] = (byte)(stored[i] + filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, _ => paeth });
        }

        return row;
    }
}
