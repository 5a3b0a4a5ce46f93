using Fovea.Models.InternVl;

namespace Fovea.Tests.Models.InternVl;

[Trait("kind", "reference")]
public sealed class PixelShuffleTests
{
    /// <summary>The two reshapes and one or two exchanges of axes that define it, on an array of patches.</summary>
    [Theory]
    [InlineData(4, 2, false)]
    [InlineData(4, 2, true)]
    [InlineData(6, 3, false)]
    [InlineData(6, 3, true)]
    [InlineData(3, 1, true)]
    public void Patch_OfEveryTokenAndPart_FollowsTheReshapes(int side, int factor, bool transposed)
    {
        var shuffle = new PixelShuffle(side, factor, transposed);
        int merged = side / factor;
        // [rows, columns] of patches → [rows, merged columns, parts] → [merged columns, rows, parts] → [merged columns, merged rows, parts of parts].
        int[][][] byColumn = [.. Enumerable.Range(0, merged).Select(column => Enumerable.Range(0, side)
            .Select(row => Enumerable.Range(0, factor).Select(part => (row * side) + (column * factor) + part).ToArray()).ToArray())];
        int[][][] tokens = [.. byColumn.Select(rows => Enumerable.Range(0, merged).Select(row => rows.Skip(row * factor).Take(factor).SelectMany(parts => parts).ToArray()).ToArray())];
        for (int token = 0; token < shuffle.Tokens; token++)
        {
            int first = token / merged, second = token % merged;
            int[] expected = transposed ? tokens[first][second] : tokens[second][first];
            Assert.Equal(expected, Enumerable.Range(0, shuffle.Patches).Select(part => shuffle.Patch(token, part)));
            Assert.Equal(expected[0], (shuffle.Place(token).Row * factor * side) + (shuffle.Place(token).Column * factor));
        }
    }
}
