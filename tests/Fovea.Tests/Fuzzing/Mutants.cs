using System.Diagnostics;
using System.Globalization;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Fuzzing;

/// <summary>
/// Seeded mutants of files. A reader reads each or refuses it with its documented exception, allocates no more than a stated bound, and ends within
/// <see cref="Longest"/>. FOVEA_MUTANTS sets how many of each file are tried; <c>eng/fuzz</c> does that.
/// </summary>
internal static class Mutants
{
    private const int HeaderBytes = 1500;

    /// <summary>Far above what any reader needs: only what hangs takes longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>How many mutants of each file are tried.</summary>
    /// <param name="usual">The number without FOVEA_MUTANTS.</param>
    public static int Count(int usual) => int.TryParse(Environment.GetEnvironmentVariable("FOVEA_MUTANTS"), CultureInfo.InvariantCulture, out int count) ? count : usual;

    /// <summary>Tries mutants of one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seed">Where the mutations start.</param>
    /// <param name="usual">How many, without FOVEA_MUTANTS.</param>
    /// <param name="allowed">Bytes that reading a file of some length may allocate.</param>
    /// <param name="read">Reads a mutant, with everything that a reader does lazily.</param>
    /// <typeparam name="TRefusal">The documented exception.</typeparam>
    public static void Check<TRefusal>(string path, ulong seed, int usual, Func<int, long> allowed, Action<byte[]> read)
        where TRefusal : Exception
    {
        byte[] original = File.ReadAllBytes(path);
        var random = new SplitMix64(seed);
        for (int i = Count(usual); i > 0; i--)
        {
            ulong number = random.Next();
            var mutation = new SplitMix64(number);
            byte[] mutant = Of(original, ref mutation);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            try
            {
                read(mutant);
            }
            catch (TRefusal)
            {
                // The documented answer to a file that cannot be used.
            }
            catch (Exception other)
            {
                Assert.Fail($"mutant {number} of {path}: {other}");
            }

            long bytes = GC.GetAllocatedBytesForCurrentThread() - before, bound = allowed(mutant.Length);
            Assert.True(bytes <= bound, $"mutant {number} of {path}: {bytes} bytes allocated, more than {bound}");
            Assert.True(Stopwatch.GetElapsedTime(started) < Longest, $"mutant {number} of {path}: took {Stopwatch.GetElapsedTime(started)}");
        }
    }

    private static byte[] Of(byte[] original, ref SplitMix64 random)
    {
        var bytes = original.ToList();
        for (int changes = 1 + random.NextBelow(5); changes > 0; changes--)
        {
            // Structure stands at the start of most files and matters most.
            int reach = random.NextBelow(2) == 0 ? Math.Min(bytes.Count, random.NextBelow(2) == 0 ? 200 : HeaderBytes) : bytes.Count;
            int at = reach == 0 ? 0 : random.NextBelow(reach);
            switch (random.NextBelow(7))
            {
                case 0 when bytes.Count > 0:
                    bytes[at] ^= (byte)(1 << random.NextBelow(8));
                    break;
                case 1 when bytes.Count > 0:
                    bytes[at] = (byte)random.NextBelow(256);
                    break;
                case 2 when bytes.Count > 0:
                    bytes[at] = random.NextBelow(2) == 0 ? (byte)0 : byte.MaxValue;
                    break;
                case 3 when bytes.Count > 0:
                    bytes[at] = (byte)"{}[]\":,0123456789-eEntf \\"[random.NextBelow(25)];
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextBelow(8)));
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.Skip(at).Take(1 + random.NextBelow(16)).ToArray());
                    break;
                default:
                    bytes.RemoveRange(at, random.NextBelow(4) == 0 ? bytes.Count - at : 0);
                    break;
            }
        }

        return [.. bytes];
    }
}
