using Fovea.Tensors.Ops;

namespace Fovea.Tests.Tensors.Ops;

public sealed class ArenaTests
{
    [Fact]
    [Trait("kind", "property")]
    public void Rent_InASecondRound_AllocatesNothing()
    {
        using var arena = new Arena();
        Round(arena);
        long capacity = arena.Capacity;
        Allocations.AssertNone(() => Round(arena));
        Assert.Equal(capacity, arena.Capacity);
    }

    [Fact]
    public void Rent_GivesTensorsThatDoNotOverlap()
    {
        using var arena = new Arena();
        var first = arena.Rent(3, 5);
        var second = arena.Rent(2_000_000);
        var third = arena.Rent(7);
        first.AsSpan<float>().Fill(1);
        second.AsSpan<float>().Fill(2);
        third.AsSpan<float>().Fill(3);
        Assert.All(first.AsSpan<float>().ToArray(), value => Assert.Equal(1, value));
        Assert.Equal(2, second.AsSpan<float>()[^1]);
        Assert.Equal(2, second.AsSpan<float>()[0]);
        Assert.Equal(3, third.AsSpan<float>()[6]);
    }

    private static void Round(Arena arena)
    {
        var mark = arena.Top;
        for (int i = 0; i < 100; i++)
        {
            arena.Rent(i, 1000);
            var inner = arena.Top;
            arena.Rent(5000 * (i + 1));
            arena.Release(inner);
        }

        arena.Release(mark);
    }
}
