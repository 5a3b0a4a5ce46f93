using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Threading;

/// <summary>
/// Work without its type: where the caller keeps it, how to call it, and how it is cut. Lives on the caller's stack until all ranges are done.
/// </summary>
internal unsafe struct RangeJob
{
    private readonly void* _work;
    private readonly delegate*<void*, int, int, int, void> _execute;
    private readonly int _count;
    private readonly int _ranges;
    private int _taken;

    private RangeJob(void* work, delegate*<void*, int, int, int, void> execute, int count, int ranges)
    {
        _work = work;
        _execute = execute;
        _count = count;
        _ranges = ranges;
    }

    /// <summary>Describes work that stays where <paramref name="work"/> points to until all ranges are done.</summary>
    public static RangeJob Of<TWork>(void* work, int count, int ranges)
        where TWork : struct, IRangeWork => new(work, &Call<TWork>, count, ranges);

    /// <summary>Does one range after the other until none is left. Range i is [count·i/ranges, count·(i+1)/ranges), whoever runs it and whenever.</summary>
    public void Execute(int worker)
    {
        for (int range = Interlocked.Increment(ref _taken) - 1; range < _ranges; range = Interlocked.Increment(ref _taken) - 1)
        {
            int start = (int)((long)_count * range / _ranges);
            int end = (int)((long)_count * (range + 1) / _ranges);
            _execute(_work, start, end, worker);
        }
    }

    private static void Call<TWork>(void* work, int start, int end, int worker)
        where TWork : struct, IRangeWork => Unsafe.AsRef<TWork>(work).Execute(start, end, worker);
}
