namespace Fovea.Tests.Tensors;

/// <summary>Counts what the current thread allocates.</summary>
internal static class Allocations
{
    /// <summary>
    /// Fails if the action allocates each time. A collection on another thread may charge this one with the rest of its buffer, so one clean run is enough.
    /// </summary>
    public static void AssertNone(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
