using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Fovea.Tensors.Threading;

/// <summary>
/// The one thread pool: a fixed number of threads that take ranges of a fixed partition, one after the other. The caller is one of them.
/// Calls from several threads queue; a call from inside a work item runs on the calling thread alone.
/// </summary>
public sealed unsafe class Workers : IDisposable
{
    // A thread that is held up leaves the rest of its ranges to the others.
    private const int RangesPerThread = 8;

    private readonly Lock _queue = new();
    private readonly Worker[] _workers;
    private bool _disposed;

    /// <summary>Starts <paramref name="degree"/> − 1 threads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A degree below one.</exception>
    public Workers(int degree)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        Degree = degree;
        _workers = new Worker[degree - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(i + 1);
        }
    }

    /// <summary>The number of threads, the caller included.</summary>
    public int Degree { get; }

    [field: ThreadStatic]
    internal static bool IsInsideWork { get; set; }

    /// <summary>
    /// Does <paramref name="count"/> items in contiguous ranges, at most eight for each thread, none shorter than <paramref name="grain"/> unless it is
    /// the only one. The cuts depend on the arguments and the degree alone; who does a range is not fixed. Nothing is allocated.
    /// </summary>
    /// <param name="count">The number of items; zero or less does nothing.</param>
    /// <param name="grain">The fewest items that are worth a thread; less than one counts as one.</param>
    /// <param name="work">Called once for each range, at the same time on several threads.</param>
    /// <exception cref="ObjectDisposedException">The threads were stopped.</exception>
    /// <remarks>What a range throws is thrown here, after all ranges have ended; of several, that of the lowest thread.</remarks>
    public void Run<TWork>(int count, int grain, ref TWork work)
        where TWork : struct, IRangeWork
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int ranges = (int)Math.Min((long)Degree * RangesPerThread, Math.Max(1, count / Math.Max(1, grain)));
        if (ranges == 1 || Degree == 1 || IsInsideWork)
        {
            if (count > 0)
            {
                work.Execute(0, count, 0);
            }

            return;
        }

        // Work often lies on the stack; where it lies in an object, that must not move meanwhile.
        fixed (byte* pinned = &Unsafe.As<TWork, byte>(ref work))
        {
            var job = RangeJob.Of<TWork>(pinned, count, ranges);
            lock (_queue)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                Share(&job, Math.Min(Degree, ranges));
            }
        }
    }

    /// <summary>Stops the threads, after the calls that are under way. Must not be called from inside a work item.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            if (!_disposed)
            {
                _disposed = true;
                foreach (var worker in _workers)
                {
                    worker.Stop();
                }
            }
        }
    }

    private void Share(RangeJob* job, int threads)
    {
        for (int i = 1; i < threads; i++)
        {
            _workers[i - 1].Start(job);
        }

        Exception? failure = null;
        IsInsideWork = true;
        try
        {
            job->Execute(0);
        }
#pragma warning disable CA1031 // Rethrown below, when no thread looks at the work any more.
        catch (Exception own)
#pragma warning restore CA1031
        {
            failure = own;
        }

        IsInsideWork = false;
        for (int i = 1; i < threads; i++)
        {
            var other = _workers[i - 1].Wait();
            failure ??= other;
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Capture(failure).Throw();
        }
    }
}
