using Fovea.Tensors.Ops;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>The state after a first round, in which nothing more is allocated.</summary>
internal static class Steady
{
    public static void AssertAllocatesNothing(Compute compute, Action action)
    {
        Round(compute, action);
        Round(compute, action);
        long capacity = compute.Arena.Capacity;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Round(compute, action);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(capacity, compute.Arena.Capacity);
    }

    private static void Round(Compute compute, Action action)
    {
        var mark = compute.Arena.Top;
        action();
        compute.Arena.Release(mark);
    }
}
