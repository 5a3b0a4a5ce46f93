using System.Buffers.Binary;
using System.Security.Cryptography;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

/// <summary>The files of packed weights: what is in them, and what happens to those that are not as they were written.</summary>
[Trait("kind", "property")]
public sealed class PackedCacheTests : IDisposable
{
    private const int DataStart = 128, TableAt = 48, TableLengthAt = 56, DigestAt = 64;
    private const int Outputs = 33, Inputs = 37;

    private readonly Compute _compute = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-packed-").FullName;

    public static TheoryData<string, int, int> FormatsAndShapes => new(
        from format in (string[])["f32", "bf16", "f16", "int8", "int8:32", "int4", "int4:128"]
        from shape in ((int, int)[])[(1, 1), (Outputs, Inputs), (64, 96), (70, 130)]
        select (format, shape.Item1, shape.Item2));

    private string[] Files => [.. Directory.GetFiles(_folder).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _compute.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(FormatsAndShapes))]
    public void Get_OfAMatrixOfTheFile_GivesTheSameProducts(string name, int outputs, int inputs)
    {
        var format = WeightFormat.Parse(name);
        using var x = Numbers.Noise(3, 14, inputs);
        using var y = Numbers.Noise(4, 1, inputs);
        float[][] first = [], second = [];
        foreach (bool isThere in (bool[])[false, true])
        {
            using var cache = Open("a");
            using var before = Get(cache, "before", format, 5, 6);
            using var matrix = Get(cache, "matrix", format, outputs, inputs);
            Assert.Equal(isThere ? (2, 0) : (0, 2), (cache.Found, cache.Packed));
            Assert.Equal((format, outputs, inputs), (matrix.Format, matrix.Outputs, matrix.Inputs));
            float[][] products = [_compute.Linear(x, matrix).AsSpan<float>().ToArray(), _compute.Linear(y, matrix).AsSpan<float>().ToArray()];
            (first, second) = (second, products);
            cache.Complete();
            Assert.Null(cache.Notice);
        }

        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("f32", "b88e8f6140f31d98")]
    [InlineData("bf16", "db316eba31d27cd4")]
    [InlineData("f16", "26eb4936ed08e2c2")]
    [InlineData("int8", "3244a7ec64faf515")]
    [InlineData("int4", "4863bd063b106219")]
    [InlineData("int4:128", "14a09d8bdf1a8d2d")]
    public void Packed_InTheLayoutOfThisName_AreTheseBytes(string format, string digest)
    {
        Write("a", WeightFormat.Parse(format));
        byte[] bytes = File.ReadAllBytes(Files[0]);
        long end = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(TableAt));

        // If this fails, packing has changed: PackedMatrix.LayoutName must too, or files of packed weights from before would be read as those of now.
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(DataStart, (int)end - DataStart)))[..16]);
    }

    [Fact]
    public void Open_OfATruncatedOrLongerFile_WritesItAnew()
    {
        byte[] whole = Write("a");
        foreach (int length in Enumerable.Range(0, 300).Concat(Enumerable.Range(3, 97).Select(part => part * whole.Length / 100)).Concat(Enumerable.Range(whole.Length - 100, 100)))
        {
            CheckRewritten(whole, whole[..length]);
        }

        CheckRewritten(whole, [.. whole, 0]);
        CheckRewritten(whole, [.. whole, .. whole]);
    }

    [Fact]
    public void Open_OfAFileWithAFlippedByteInHeaderOrTable_WritesItAnew()
    {
        byte[] whole = Write("a");
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(TableAt));
        foreach (int at in Enumerable.Range(0, DigestAt + SHA256.HashSizeInBytes).Concat(Enumerable.Range(table, whole.Length - table)))
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x11;
            CheckRewritten(whole, flipped);
        }
    }

    [Fact]
    public void Open_OfAFileWithImpossibleNumbers_WritesItAnew()
    {
        byte[] whole = Write("a");
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(TableAt));
        foreach (int at in (int[])[TableAt, TableLengthAt, whole.Length - sizeof(long)])
        {
            foreach (long number in (long[])[long.MinValue, -whole.Length, -64, -1, 0, 64, 127, 129, 191, table - 64, table, whole.Length - 64, whole.Length, int.MaxValue, uint.MaxValue, long.MaxValue - 63, long.MaxValue])
            {
                byte[] hostile = [.. whole];
                BinaryPrimitives.WriteInt64LittleEndian(hostile.AsSpan(at), number);
                if (!hostile.SequenceEqual(whole))
                {
                    CheckRewritten(whole, Signed(hostile, table));
                }
            }
        }

        foreach (ushort length in (ushort[])[0, 1, 30, ushort.MaxValue])
        {
            byte[] hostile = [.. whole];
            BinaryPrimitives.WriteUInt16LittleEndian(hostile.AsSpan(table), length);
            CheckRewritten(whole, Signed(hostile, table));
        }
    }

    [Fact]
    public void Open_OfAFileWithAnotherTable_ReadsNothingOutsideTheFile()
    {
        byte[] whole = Write("a");
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(TableAt));
        var random = new SplitMix64(5);
        for (int i = 0; i < 500; i++)
        {
            byte[] hostile = [.. whole];
            for (int changes = 1 + random.NextBelow(4); changes > 0; changes--)
            {
                hostile[table + random.NextBelow(whole.Length - table)] = (byte)random.NextBelow(256);
            }

            File.WriteAllBytes(Files[0], Signed(hostile, table));
            using var cache = Open("a");
            using var matrix = Get(cache, "matrix", WeightFormat.Int8, Outputs, Inputs);
            using var x = Numbers.Noise(3, 2, Inputs);
            _compute.Linear(x, matrix);
            _compute.Arena.Release(default);
            cache.Complete();
        }
    }

    [Fact]
    public void Get_OfNumbersThatNobodyPacked_StaysInsideTheFile()
    {
        var random = new SplitMix64(6);
        foreach (string format in (string[])["f32", "bf16", "f16", "int8", "int4"])
        {
            byte[] bytes = Write("a", WeightFormat.Parse(format));
            int table = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(TableAt));
            foreach (ref byte value in bytes.AsSpan(DataStart, table - DataStart))
            {
                value = (byte)random.NextBelow(256);
            }

            File.WriteAllBytes(Files[0], bytes);
            using var cache = Open("a");
            using var matrix = Get(cache, "matrix", WeightFormat.Parse(format), Outputs, Inputs);
            Assert.Equal(0, cache.Packed);
            using var x = Numbers.Noise(3, 40, Inputs);
            Assert.Equal(40 * Outputs, _compute.Linear(x, matrix).AsSpan<float>().Length);
        }
    }

    [Fact]
    public void Get_OfAnotherNameFormatOrShape_PacksAndKeepsBoth()
    {
        Write("a");
        foreach (var (name, format, outputs, inputs) in ((string, WeightFormat, int, int)[])
            [("other", WeightFormat.Int8, Outputs, Inputs), ("matrix", WeightFormat.Int4, Outputs, Inputs), ("matrix", WeightFormat.Int8, Inputs, Outputs), ("matrix", WeightFormat.Int8, Outputs, Inputs - 1)])
        {
            for (int packed = 1; packed >= 0; packed--)
            {
                using var cache = Open("a");
                using var known = Get(cache, "matrix", WeightFormat.Int8, Outputs, Inputs);
                using var matrix = Get(cache, name, format, outputs, inputs);
                Assert.Equal(packed, cache.Packed);
                Assert.Equal((format, outputs, inputs), (matrix.Format, matrix.Outputs, matrix.Inputs));
                cache.Complete();
            }
        }

        Assert.Single(Files);
    }

    [Fact]
    public void Get_OfOneMatrixTwice_IsRefused()
    {
        using var cache = Open("a");
        using var matrix = Get(cache, "matrix", WeightFormat.F32, 2, 3);
        Assert.Contains("matrix f32", Assert.Throws<InvalidOperationException>(() => Get(cache, "matrix", WeightFormat.F32, 2, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_OfWhatIsNotComplete_LeavesNothing()
    {
        using (var cache = Open("a"))
        {
            Get(cache, "matrix", WeightFormat.F32, 2, 3).Dispose();
            Assert.Single(Files);
        }

        Assert.Empty(Files);
    }

    [Fact]
    public void Complete_GivesAFileThatItsOwnerAloneMayRead()
    {
        Write("a");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Files[0]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Matches("^[0-9a-f]{64}[.]packed$", Path.GetFileName(Files[0]));
    }

    [Fact]
    public void Complete_OverTheLimit_RemovesWhatWasNotUsedForLongest()
    {
        long length = Write("a").Length;
        string a = Files[0];
        Write("b", limit: 3 * length);
        string b = Files.Single(file => file != a);
        Write("c", limit: 3 * length);
        string other = Path.Combine(_folder, "something.packed"), longer = b + ".old";
        File.WriteAllBytes(other, new byte[10 * length]);
        File.Copy(b, longer);
        foreach (var (index, file) in Files.Index())
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, file == b ? 0 : index + 1, 0, DateTimeKind.Utc));
        }

        using (var used = Open("b"))
        {
            Get(used, "matrix", WeightFormat.Int8, Outputs, Inputs).Dispose();
            Assert.Equal(1, used.Found);
        }

        string c = Files.Single(file => file != a && file != b && file != other && file != longer);
        string older = string.CompareOrdinal(a, c) < 0 ? a : c, newer = older == a ? c : a;
        Write("d", limit: 3 * length);
        Assert.DoesNotContain(older, Files);
        Assert.Contains(newer, Files);
        Assert.Contains(b, Files);
        Write("e", limit: length);
        Assert.Equal(3, Files.Length);
        Assert.Contains(other, Files);
        Assert.Contains(longer, Files);
    }

    [Fact]
    public void Get_BeyondTheLimit_PacksAndKeepsNothing()
    {
        Write("a");
        using (var cache = Open("b", limit: 3000))
        {
            using var matrix = Get(cache, "matrix", WeightFormat.F32, Outputs, Inputs);
            using var more = Get(cache, "more", WeightFormat.F32, 2, 2);
            Assert.Contains("3000 bytes", cache.Notice, StringComparison.Ordinal);
            Assert.Equal(2, cache.Packed);
            cache.Complete();
        }

        Assert.Single(Files);
    }

    [Fact]
    public void Get_WhereAProcessWasKilled_RemovesWhatItLeft()
    {
        using var alive = Open("a");
        using var matrix = Get(alive, "matrix", WeightFormat.F32, 2, 3);
        string left = Path.Combine(_folder, new string('0', 64) + ".packed.1234.partial"), other = Path.Combine(_folder, "my.partial");
        File.WriteAllText(left, "left");
        File.WriteAllText(other, "other");
        Write("b");
        Assert.DoesNotContain(left, Files);
        Assert.Contains(other, Files);
        alive.Complete();
        Assert.Null(alive.Notice);
        Assert.Equal(3, Files.Length);
    }

    private PackedCache Open(string name, long limit = PackedCache.DefaultLimit)
    {
        using var key = new PackedCacheKey();
        key.Add(name);
        return PackedCache.Open(_folder, key, limit);
    }

    private PackedMatrix Get(PackedCache cache, string name, WeightFormat format, int outputs, int inputs) => cache.Get(name, format, outputs, inputs, () =>
    {
        using var weight = Numbers.Noise(7, outputs, inputs);
        return PackedMatrix.Pack(weight, _compute.Workers, format);
    });

    private byte[] Write(string name, WeightFormat? format = null, long limit = PackedCache.DefaultLimit)
    {
        using var cache = Open(name, limit);
        Get(cache, "matrix", format ?? WeightFormat.Int8, Outputs, Inputs).Dispose();
        var before = Files.ToHashSet();
        cache.Complete();
        Assert.Equal("", cache.Notice ?? "");
        return File.ReadAllBytes(Files.Except(before).FirstOrDefault(Files[0]));
    }

    /// <summary>The file is not used, and the next one has the bytes of the first.</summary>
    private void CheckRewritten(byte[] whole, byte[] broken)
    {
        File.WriteAllBytes(Files[0], broken);
        using (var cache = Open("a"))
        {
            using var matrix = Get(cache, "matrix", WeightFormat.Int8, Outputs, Inputs);
            Assert.Equal((0, 1), (cache.Found, cache.Packed));
            cache.Complete();
            Assert.Null(cache.Notice);
        }

        Assert.Equal(whole, File.ReadAllBytes(Files[0]));
    }

    /// <summary>The digest that a file with this header and what begins there as its table has.</summary>
    private static byte[] Signed(byte[] file, int table)
    {
        SHA256.HashData([.. file[..DigestAt], .. file[table..]]).CopyTo(file, DigestAt);
        return file;
    }
}
