using Fovea.Training.Data;

namespace Fovea.Tests.Training.Data;

[Trait("kind", "property")]
public sealed class SampleOrderTests
{
    private static readonly int[] Words = [.. Enumerable.Range(1, 53).Select(i => i % 3 == 0 ? -i : i)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_OfAnEpoch_HasEverySampleAtMostOnce(bool grouped)
    {
        var order = new SampleOrder(Words, 4, 3, 1, grouped);
        Assert.Equal(4, order.StepsPerEpoch);
        int[] seen = [.. Enumerable.Range(0, order.StepsPerEpoch).SelectMany(order.Step).SelectMany(batch => batch)];
        Assert.Equal(48, seen.Distinct().Count());
        Assert.Equal(48, seen.Length);
        Assert.All(Enumerable.Range(0, order.StepsPerEpoch).SelectMany(order.Step), batch => Assert.Equal(4, batch.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_AskedInAnyOrder_IsTheSame(bool grouped)
    {
        var first = new SampleOrder(Words, 4, 3, 5, grouped);
        var second = new SampleOrder(Words, 4, 3, 5, grouped);
        int[] there = [.. Enumerable.Range(0, 20)];
        var forward = there.Select(first.Step).ToArray();
        Assert.Equal(forward.Reverse(), there.Reverse().Select(second.Step));
        Assert.NotEqual(forward[0], forward[4]);
        Assert.NotEqual(forward[0], new SampleOrder(Words, 4, 3, 6, grouped).Step(0));
    }

    [Fact]
    public void Step_OfFewerSamplesThanAStepTakes_HasThemAll()
    {
        var order = new SampleOrder([3, 4, 5], 2, 8, 0, byModality: false);
        Assert.Equal(1, order.StepsPerEpoch);
        Assert.Equal([2, 1], order.Step(7).Select(batch => batch.Length));
    }

    [Fact]
    public void Step_OfAKnownSeed_IsWhatItWas() =>
        Assert.Equal([[0, 1, 3], [4, 5, 2]], new SampleOrder([1, 1, 1, 1, 1, 1], 3, 2, 42, byModality: false).Step(0));
}
