using System.Diagnostics;

namespace Fovea.Tensors.Threading;

/// <summary>A number that one thread raises and another waits for: the waiter spins for some microseconds, then parks.</summary>
internal sealed class Signal
{
    // Products of one layer follow each other within this time, and waking a parked thread costs more than it.
    private static readonly long SpinTicks = Stopwatch.Frequency / 50_000;

    private readonly object _gate = new();
    private int _value;
    private int _parked;

    /// <summary>Sets the number and wakes the waiter.</summary>
    public void Set(int value)
    {
        // The full fence orders this write before the read of _parked, as the waiter orders its two the other way round: one of them sees the other.
        Interlocked.Exchange(ref _value, value);
        if (Volatile.Read(ref _parked) != 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Returns when the number is no longer <paramref name="old"/>.</summary>
    public void WaitWhile(int old)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _value) == old)
        {
            if (Stopwatch.GetTimestamp() - begin > SpinTicks)
            {
                Park(old);
                return;
            }

            Thread.SpinWait(8);
        }
    }

    private void Park(int old)
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _parked, 1);
            while (Volatile.Read(ref _value) == old)
            {
                Monitor.Wait(_gate);
            }

            _parked = 0;
        }
    }
}
