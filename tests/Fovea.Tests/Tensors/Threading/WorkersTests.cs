using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Threading;

public sealed class WorkersTests
{
    public static TheoryData<int> Degrees => [1, 2, 3, 7];

    [Theory]
    [MemberData(nameof(Degrees))]
    [Trait("kind", "property")]
    public void Run_DoesEveryItemOnceInTheFixedPartition(int degree)
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
                    int parts = Math.Min(degree, Math.Max(1, count / Math.Max(1, grain)));
                    for (int i = 0; i < count; i++)
                    {
                        Assert.Equal(1, work.Times[i]);
                        int part = work.Worker[i];
                        Assert.InRange(i, (long)count * part / parts, ((long)count * (part + 1) / parts) - 1);
                    }
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
        for (int thrower = 0; thrower < degree; thrower++)
        {
            var failing = new Failing(thrower);
            var error = Assert.Throws<InvalidOperationException>(() => workers.Run(degree, 1, ref failing));
            Assert.Equal($"worker {thrower}", error.Message);
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
        var work = new Marking(new int[64], new int[64]);
        Allocations.AssertNone(() => workers.Run(64, 1, ref work));
    }

    [Fact]
    public void Run_AfterAPause_WakesParkedThreads()
    {
        using var workers = new Workers(3);
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(10);
            var work = new Marking(new int[3], new int[3]);
            workers.Run(3, 1, ref work);
            Assert.Equal([0, 1, 2], work.Worker);
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
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                Interlocked.Increment(ref Times[i]);
                Worker[i] = worker;
            }
        }
    }

    private readonly record struct Failing(int Thrower) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            if (worker == Thrower)
            {
                throw new InvalidOperationException($"worker {worker}");
            }
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
