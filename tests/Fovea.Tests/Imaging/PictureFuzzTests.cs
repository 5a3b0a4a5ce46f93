using Fovea.Imaging;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tests.Imaging;

/// <summary>Seeded mutations of every golden file: only the documented exception comes out, and memory stays within a stated bound.</summary>
[Trait("kind", "property")]
public sealed class PictureFuzzTests
{
    private const int MutantsPerFile = 30;
    private const long MaxPixels = 1 << 17;

    // Bytes allocated: of what the header declares, limited by MaxPixels; of the input, whose most compact form is a progressive JPEG block in an eighth of a byte; and for tables.
    private const long BytesAPixel = 24;
    private const long BytesAnInputByte = 4096;
    private const long BytesOfTables = 1 << 21;

    [Theory]
    [InlineData("png", 11)]
    [InlineData("jpeg", 12)]
    [InlineData("other", 13)]
    [InlineData("pictures", 14)]
    public void Decode_OfMutatedFiles_ThrowsNothingElse(string folder, ulong seed)
    {
        var random = new SplitMix64(seed);
        var options = new ImageLoadOptions { MaxPixels = MaxPixels, ApplyOrientation = true };
        foreach (string path in GoldenPictures.Files(folder))
        {
            byte[] original = File.ReadAllBytes(path);
            for (int i = 0; i < MutantsPerFile; i++)
            {
                byte[] mutant = Mutate(original, ref random);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    _ = Image.Decode(mutant, options);
                }
                catch (ImageFormatException)
                {
                }
                catch (Exception other)
                {
                    Assert.Fail($"mutant {i} of {path}: {other}");
                }

                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                long bound = (BytesAPixel * MaxPixels) + (BytesAnInputByte * mutant.Length) + BytesOfTables;
                Assert.True(allocated <= bound, $"mutant {i} of {path}: {allocated} bytes, more than {bound}");
            }
        }
    }

    private static byte[] Mutate(byte[] original, ref SplitMix64 random)
    {
        var bytes = original.ToList();
        for (int changes = 1 + random.NextBelow(4); changes > 0; changes--)
        {
            // Headers are small and matter most.
            int reach = random.NextBelow(2) == 0 ? Math.Min(bytes.Count, 200) : bytes.Count;
            int at = reach == 0 ? 0 : random.NextBelow(reach);
            switch (random.NextBelow(6))
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
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextBelow(8)));
                    break;
                case 4:
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
