using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fovea.Tensors.Threading;

namespace Fovea.Benchmarks;

/// <summary>What this machine can do at most, measured where the numbers that are compared with it are measured.</summary>
internal sealed record MachineLimits(double FlopsPerSecond, double BytesPerSecond)
{
    private const int BufferBytes = 512 << 20;
    private const int Rounds = 3;

    /// <summary>Runs multiply-adds without memory, and reads 512 MB, on all threads.</summary>
    public static MachineLimits Measure(Workers workers)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        Array.Fill(buffer, (byte)1);
        var fused = new FusedLoop { Results = new float[workers.Degree] };
        var reading = new ReadLoop { Buffer = buffer, Results = new long[workers.Degree] };
        double flops = 0, bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            flops = Math.Max(flops, workers.Degree * FusedLoop.Operations / Seconds(() => workers.Run(workers.Degree, 1, ref fused)));
            bytes = Math.Max(bytes, BufferBytes / Seconds(() => workers.Run(BufferBytes / ReadLoop.Chunk, 1, ref reading)));
        }

        return new MachineLimits(flops, bytes);
    }

    /// <summary>Of two measurements the higher numbers.</summary>
    public MachineLimits Better(MachineLimits other) => new(Math.Max(FlopsPerSecond, other.FlopsPerSecond), Math.Max(BytesPerSecond, other.BytesPerSecond));

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private struct FusedLoop : IRangeWork
    {
        private const int Steps = 10_000_000;
        private const int Chains = 12;

        public float[] Results;

        public static double Operations => 2.0 * Steps * Chains * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count);

        public readonly void Execute(int start, int end, int worker) =>
            Results[worker] = Vector512.IsHardwareAccelerated ? Wide() : Narrow();

        // Sums that begin with the same number would be computed once.
        private static float Wide()
        {
            var x = Vector512.Create(1.0000001f);
            Vector512<float> a = x, b = a + x, c = b + x, d = c + x, e = d + x, f = e + x, g = f + x, h = g + x, i = h + x, j = i + x, k = j + x, l = k + x;
            for (int step = 0; step < Steps; step++)
            {
                a = Vector512.FusedMultiplyAdd(a, x, x); b = Vector512.FusedMultiplyAdd(b, x, x); c = Vector512.FusedMultiplyAdd(c, x, x);
                d = Vector512.FusedMultiplyAdd(d, x, x); e = Vector512.FusedMultiplyAdd(e, x, x); f = Vector512.FusedMultiplyAdd(f, x, x);
                g = Vector512.FusedMultiplyAdd(g, x, x); h = Vector512.FusedMultiplyAdd(h, x, x); i = Vector512.FusedMultiplyAdd(i, x, x);
                j = Vector512.FusedMultiplyAdd(j, x, x); k = Vector512.FusedMultiplyAdd(k, x, x); l = Vector512.FusedMultiplyAdd(l, x, x);
            }

            return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        private static float Narrow()
        {
            var x = Vector256.Create(1.0000001f);
            Vector256<float> a = x, b = a + x, c = b + x, d = c + x, e = d + x, f = e + x, g = f + x, h = g + x, i = h + x, j = i + x, k = j + x, l = k + x;
            for (int step = 0; step < Steps; step++)
            {
                a = Vector256.FusedMultiplyAdd(a, x, x); b = Vector256.FusedMultiplyAdd(b, x, x); c = Vector256.FusedMultiplyAdd(c, x, x);
                d = Vector256.FusedMultiplyAdd(d, x, x); e = Vector256.FusedMultiplyAdd(e, x, x); f = Vector256.FusedMultiplyAdd(f, x, x);
                g = Vector256.FusedMultiplyAdd(g, x, x); h = Vector256.FusedMultiplyAdd(h, x, x); i = Vector256.FusedMultiplyAdd(i, x, x);
                j = Vector256.FusedMultiplyAdd(j, x, x); k = Vector256.FusedMultiplyAdd(k, x, x); l = Vector256.FusedMultiplyAdd(l, x, x);
            }

            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }

    private struct ReadLoop : IRangeWork
    {
        public const int Chunk = 1 << 16;

        public byte[] Buffer;
        public long[] Results;

        public readonly void Execute(int start, int end, int worker)
        {
            var vectors = MemoryMarshal.Cast<byte, Vector512<long>>(Buffer.AsSpan(start * Chunk, (end - start) * Chunk));
            Vector512<long> a = default, b = default, c = default, d = default;
            for (int i = 0; i + 4 <= vectors.Length; i += 4)
            {
                a += vectors[i];
                b += vectors[i + 1];
                c += vectors[i + 2];
                d += vectors[i + 3];
            }

            Results[worker] = Vector512.Sum(a + b + c + d);
        }
    }
}
