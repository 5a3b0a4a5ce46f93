using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Tensors.Kernels;

public sealed class TopKTests
{
    [Fact]
    [Trait("kind", "reference")]
    public void Select_OfRandomScoresWithTies_MatchesAStableSort()
    {
        var random = new Random(1);
        for (int n = 0; n < 300; n++)
        {
            float[] scores = Enumerable.Range(0, n).Select(_ => random.Next(8) switch
            {
                0 => float.NaN,
                1 => float.NegativeInfinity,
                2 => float.PositiveInfinity,
                3 => 0f,
                4 => -0f,
                _ => random.Next(-20, 20) / 4f,
            }).ToArray();
            int[] order = Enumerable.Range(0, n).OrderBy(i => float.IsNaN(scores[i])).ThenByDescending(i => scores[i] + 0f).ThenBy(i => i).ToArray();
            foreach (int count in new[] { 0, n / 3, n / 2, Math.Max(0, n - 1), n })
            {
                Assert.Equal(order[..count], TopK.Descending(scores, count));
                Assert.Equal(order[..count].Order(), TopK.Ascending(scores, count));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(75_000)]
    [Trait("kind", "reference")]
    public void Select_OfAVocabulary_MatchesASort(int count)
    {
        var random = new Random(2);
        foreach (int kind in new[] { 0, 1, 2, 3 })
        {
            float[] scores = Enumerable.Range(0, 151_936).Select(i => kind switch { 0 => random.NextSingle(), 1 => i, 2 => -i, _ => 1 }).ToArray();
            Assert.Equal(Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(count), TopK.Descending(scores, count));
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void Select_OfTooMany_Throws(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => TopK.Ascending([1, 2, 3], count));
}
