using Fovea.Training.Data;

namespace Fovea.Tests.Training.Data;

[Trait("kind", "property")]
public sealed class ModalitySamplerTests
{
    [Fact]
    public void Order_RandomLengths_TakesEverySampleOnceAndMixesOnlyInTheLastGroup()
    {
        var random = new Random(5);
        for (int round = 0; round < 100; round++)
        {
            int batch = random.Next(1, 5), chunks = random.Next(1, 5);
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => random.Next(1, 60) * (random.Next(3) == 0 ? -1 : 1))];
            var order = ModalitySampler.Order(lengths, batch, chunks, Permutation);
            Assert.Equal(Enumerable.Range(0, lengths.Length), order.Order());
            int whole = (lengths.Count(length => length > 0) - 1) / (batch * chunks) + ((lengths.Count(length => length < 0) - 1) / (batch * chunks));
            bool mixed = lengths.Any(length => length > 0) && lengths.Any(length => length < 0);
            Assert.All(order.Chunk(batch * chunks).Take(mixed ? whole : 0), group => Assert.Single(group.Select(i => lengths[i] > 0).Distinct()));
        }

        int[] Permutation(int count)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            random.Shuffle(order);
            return order;
        }
    }

    [Fact]
    public void Order_SampleWithoutWords_IsNamed() =>
        Assert.Contains("1", Assert.Throws<ArgumentException>(() => ModalitySampler.Order([3, 0], 1, 1, count => [.. Enumerable.Range(0, count)])).Message, StringComparison.Ordinal);
}
