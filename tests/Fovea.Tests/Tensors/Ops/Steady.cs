using Fovea.Tensors.Ops;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>The state after a first round, in which nothing more is allocated.</summary>
internal static class Steady
{
    public static void AssertAllocatesNothing(Compute compute, Action action)
    {
        void Round()
        {
            var mark = compute.Arena.Top;
            action();
            compute.Arena.Release(mark);
        }

        Round();
        long capacity = compute.Arena.Capacity;
        Allocations.AssertNone(Round);
        Assert.Equal(capacity, compute.Arena.Capacity);
    }
}
