using System.Collections.Concurrent;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Threading;

public sealed class WorkersTests
{
    public static TheoryData<int> Degrees => [1, 2, 3, 7];

    [Theory]
    [MemberData(nameof(Degrees))]
    [Trait("kind", "property")]
    public void Run_DoesEveryItemOnceInRangesOfTheFixedPartition(int degree)
    {
        using var workers = new Workers(degree);
        foreach (int count in new[] { 0, 1, 2, 3, 6, 7, 8, 100, 1001 })
        {
            foreach (int grain in new[] { 0, 1, 5, 400 })
            {
                for (int round = 0; round < 20; round++)
                {
                    var work = new Marking(new int[count], new int[count]);
                    workers.Run(count, grain, ref work);
                    int ranges = degree == 1 ? 1 : Math.Min(8 * degree, Math.Max(1, count / Math.Max(1, grain)));
                    Assert.All(work.Times, times => Assert.Equal(1, times));
                    Assert.All(work.Worker, worker => Assert.InRange(worker, 0, degree - 1));
                    Assert.Equal(count == 0 ? [] : Enumerable.Range(0, ranges).Select(i => (int)((long)count * i / ranges)), work.Starts.Order());
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Degrees))]
    public void Run_FromManyThreads_Queues(int degree)
    {
        using var workers = new Workers(degree);
        var threads = new Thread[4];
        int wrong = 0;
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                for (int round = 0; round < 200; round++)
                {
                    var work = new Marking(new int[64], new int[64]);
                    workers.Run(64, 1, ref work);
                    if (work.Times.Any(times => times != 1))
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            });
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, wrong);
    }

    [Theory]
    [MemberData(nameof(Degrees))]
    public void Run_OfAWorkThatThrows_ThrowsAtTheCallerAndGoesOn(int degree)
    {
        using var workers = new Workers(degree);
        for (int item = 0; item < degree; item++)
        {
            var failing = new Failing(item);
            var error = Assert.Throws<InvalidOperationException>(() => workers.Run(degree, 1, ref failing));
            Assert.Equal($"item {item}", error.Message);
            var work = new Marking(new int[9], new int[9]);
            workers.Run(9, 1, ref work);
            Assert.All(work.Times, times => Assert.Equal(1, times));
        }
    }

    [Theory]
    [MemberData(nameof(Degrees))]
    public void Run_FromInsideAWork_RunsInline(int degree)
    {
        using var workers = new Workers(degree);
        var work = new Nested(workers, new int[degree * 5]);
        workers.Run(degree, 1, ref work);
        Assert.All(work.Times, times => Assert.Equal(1, times));
    }

    [Fact]
    public void Run_OfWorkInsideAnObject_WritesThatObject()
    {
        using var workers = new Workers(3);
        var box = new Marking[] { new(new int[90], new int[90]) };
        workers.Run(90, 1, ref box[0]);
        Assert.All(box[0].Times, times => Assert.Equal(1, times));
    }

    [Theory]
    [MemberData(nameof(Degrees))]
    public void Run_AllocatesNothing(int degree)
    {
        using var workers = new Workers(degree);
        var work = new Offset(new int[64], 0);
        Allocations.AssertNone(() => workers.Run(64, 1, ref work));
    }

    [Fact]
    public void Run_AfterAPause_WakesParkedThreads()
    {
        using var workers = new Workers(3);
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(10);
            using var all = new Barrier(3);
            var work = new Meeting(all, new int[3]);
            workers.Run(3, 1, ref work);
            Assert.Equal([0, 1, 2], work.Worker.Order());
        }
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        var workers = new Workers(2);
        workers.Dispose();
        workers.Dispose();
        var work = new Marking(new int[4], new int[4]);
        Assert.Throws<ObjectDisposedException>(() => workers.Run(4, 1, ref work));
    }

    [Fact]
    public void Create_OfDegreeZero_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(0));

    private readonly record struct Marking(int[] Times, int[] Worker) : IRangeWork
    {
        public ConcurrentBag<int> Starts { get; } = [];

        public void Execute(int start, int end, int worker)
        {
            Starts.Add(start);
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref Times[i]);
                Worker[i] = worker;
            }
        }
    }

    private readonly record struct Failing(int Item) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            if (start <= Item && Item < end)
            {
                throw new InvalidOperationException($"item {Item}");
            }
        }
    }

    /// <summary>No range ends before every thread has begun one.</summary>
    private readonly record struct Meeting(Barrier All, int[] Worker) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            All.SignalAndWait();
            Worker[start] = worker;
        }
    }

    private readonly record struct Nested(Workers Pool, int[] Times) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                var inner = new Offset(Times, i * 5);
                Pool.Run(5, 1, ref inner);
            }
        }
    }

    private readonly record struct Offset(int[] Times, int First) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref Times[First + i]);
            }
        }
    }
}
