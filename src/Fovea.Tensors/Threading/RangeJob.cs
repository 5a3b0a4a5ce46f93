using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Threading;

/// <summary>
/// Work without its type: where the caller keeps it, how to call it, and how it is cut. Lives on the caller's stack until all parts are done.
/// </summary>
internal readonly unsafe struct RangeJob
{
    private readonly void* _work;
    private readonly delegate*<void*, int, int, int, void> _execute;
    private readonly int _count;

    private RangeJob(void* work, delegate*<void*, int, int, int, void> execute, int count, int parts)
    {
        _work = work;
        _execute = execute;
        _count = count;
        Parts = parts;
    }

    /// <summary>The number of ranges.</summary>
    public int Parts { get; }

    /// <summary>Describes work that stays where <paramref name="work"/> points to until all parts are done.</summary>
    public static RangeJob Of<TWork>(void* work, int count, int parts)
        where TWork : struct, IRangeWork => new(work, &Call<TWork>, count, parts);

    /// <summary>Does one part. Range i is [count·i/parts, count·(i+1)/parts), whoever runs it and whenever.</summary>
    public void Execute(int part)
    {
        int start = (int)((long)_count * part / Parts);
        int end = (int)((long)_count * (part + 1) / Parts);
        _execute(_work, start, end, part);
    }

    private static void Call<TWork>(void* work, int start, int end, int worker)
        where TWork : struct, IRangeWork => Unsafe.AsRef<TWork>(work).Execute(start, end, worker);
}
