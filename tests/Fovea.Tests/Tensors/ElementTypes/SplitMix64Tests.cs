using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Tensors.ElementTypes;

public sealed class SplitMix64Tests
{
    /// <summary>The first outputs for seed 1234567 that are published with the algorithm (rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64).</summary>
    [Fact]
    [Trait("kind", "golden")]
    public void Next_OfAKnownSeed_GivesThePublishedNumbers()
    {
        var random = new SplitMix64(1234567);
        ulong[] numbers = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], numbers);
    }

    [Fact]
    public void NextBelow_IsTheRemainder()
    {
        var random = new SplitMix64(5);
        var same = new SplitMix64(5);
        for (int bound = 1; bound < 100; bound++)
        {
            Assert.Equal((int)(same.Next() % (ulong)bound), random.NextBelow(bound));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBelow(0));
    }
}
