using System.IO.Compression;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class TorchReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    /// <summary>Windows that a storage of six numbers does not have: offset, size, stride, reason.</summary>
    public static TheoryData<long, long[], long[], string> WrongWindows => new()
    {
        { 0, [7], [1], "more numbers than the 6" },
        { 1, [6], [1], "ends at number 6" },
        { 0, [2, 3], [4, 1], "ends at number 6" },
        { -1, [2], [1], "negative" },
        { 7, [0], [1], "offset 7" },
        { 0, [2], [-1], "negative" },
        { 5, [2], [-1], "negative" },
        { 0, [-2], [1], "negative" },
        { 0, [2], [long.MaxValue], "ends at number" },
        { 0, [2, 2], [long.MaxValue, long.MaxValue], "ends at number" },
        { long.MaxValue, [1], [1], "offset" },
        { 0, [1L << 31], [0], "too large" },
        { 0, [1 << 30, 1 << 30], [0, 0], "more numbers than the 6" },
        { 0, [1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30], [0, 0, 0, 0, 0], "more numbers than the 6" },
        { 0, [0, 1 << 30, 1 << 30, 1 << 30], [0, 0, 0, 0], "more numbers" },
        { 0, [1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1], "at most 6" },
        { 0, [2, 2], [1], "as many of each" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_OfAContiguousTensor_GivesItsNumbers()
    {
        using var reader = Open(TorchFile.Of("a", [1, 2, 3, 4, 5, 6], 2, [2, 2], [2, 1]));

        Assert.Equal(["a"], reader.Names);
        Assert.Equal([3f, 4, 5, 6], reader["a"].AsSpan<float>().ToArray());
        Assert.Equal([2, 2], reader["a"].Shape.ToArray());
    }

    [Fact]
    public void Open_OfATransposedTensor_PutsItsNumbersInOrder()
    {
        using var reader = Open(TorchFile.Of("a", [1, 2, 3, 4, 5, 6], 0, [3, 2], [1, 3]));

        Assert.Equal([1f, 4, 2, 5, 3, 6], reader["a"].AsSpan<float>().ToArray());
    }

    [Fact]
    public void Open_OfTensorsThatShareAStorage_GivesEachItsWindow()
    {
        var file = TorchFile.Of("a", [1, 2, 3, 4], 0, [4], [1]).Op('(').Tensor("b", "0", "FloatStorage", 4, 1, [2], [2]).Op('u');
        using var reader = Open(file);

        Assert.Equal([1f, 2, 3, 4], reader["a"].AsSpan<float>().ToArray());
        Assert.Equal([2f, 4], reader["b"].AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData("HalfStorage", ElementType.F16, 2)]
    [InlineData("BFloat16Storage", ElementType.BF16, 2)]
    [InlineData("DoubleStorage", ElementType.F64, 8)]
    [InlineData("LongStorage", ElementType.I64, 8)]
    [InlineData("IntStorage", ElementType.I32, 4)]
    [InlineData("ByteStorage", ElementType.U8, 1)]
    [InlineData("BoolStorage", ElementType.Bool, 1)]
    public void Open_OfEveryStorageType_KeepsIt(string storage, ElementType type, int bytes)
    {
        using var reader = Open(new TorchFile().Op('}', '(').Storage("7", new byte[3 * bytes]).Tensor("a", "7", storage, 3, 0, [3], [1]).Op('u'));

        Assert.Equal(type, reader["a"].ElementType);
    }

    [Fact]
    public void Open_OfScalarsAndEmptyTensors_KeepsTheirShapes()
    {
        var file = new TorchFile().Op('}', '(').Storage("0", 5f).Tensor("scalar", "0", "FloatStorage", 1, 0, [], []).Tensor("empty", "0", "FloatStorage", 1, 1, [0, 4], [4, 1]).Op('u');
        using var reader = Open(file);

        Assert.Equal(0, reader["scalar"].Shape.Rank);
        Assert.Equal([0, 4], reader["empty"].Shape.ToArray());
    }

    [Fact]
    public void Open_OfPlainValuesBesideTensors_LeavesThemOut()
    {
        var file = TorchFile.Of("a", [1], 0, [1], [1]).Op('(').Text("epoch").Number(3).Text("names").Op(']', '(').Text("x").Op('N').Bytes(0x88).Op('e', 'u');
        file.Op('}').Text("_metadata").Op('}', 's', 'b');
        using var reader = Open(file);

        Assert.Equal(["a"], reader.Names);
    }

    [Theory]
    [MemberData(nameof(WrongWindows))]
    public void Open_OfAWindowOutsideItsStorage_NamesTensorAndReason(long offset, long[] size, long[] stride, string reason) =>
        AssertRefused(TorchFile.Of("a", [1, 2, 3, 4, 5, 6], offset, size, stride), "the tensor a", reason);

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "ShortStorage")]
    [InlineData("torch._utils", "_rebuild_parameter")]
    [InlineData("torch", "_utils._rebuild_tensor_v2")]
    public void Open_OfAPickleThatCalls_RefusesByName(string module, string name) =>
        AssertRefused(new TorchFile().Global(module, name).Text("touch owned").Bytes(0x85).Op('R'), $"{module}.{name}", "Nothing in it was executed");

    [Theory]
    [InlineData('i')]
    [InlineData('o')]
    [InlineData('\u0081')]
    [InlineData('\u0093')]
    [InlineData('0')]
    public void Open_OfAnotherOpcode_RefusesByNumber(char opcode) =>
        AssertRefused(new TorchFile().Op('}').Op(opcode), $"0x{(int)opcode:x2}", "not allowed");

    [Fact]
    public void Open_OfAStorageCalledAsFunction_Refuses() => AssertRefused(new TorchFile().Global("torch", "FloatStorage").Op(')', 'R'), "torch FloatStorage", "other arguments");

    [Fact]
    public void Open_OfAStateForATensor_Refuses() => AssertRefused(TorchFile.Of("a", [1], 0, [1], [1]).Op('N', 'b'), "builds an object");

    [Theory]
    [InlineData("R")]
    [InlineData("t")]
    [InlineData("u")]
    [InlineData("a")]
    [InlineData("Q")]
    [InlineData("s")]
    [InlineData("b")]
    [InlineData("")]
    [InlineData("))")]
    public void Open_OfAPickleOutOfStep_Refuses(string opcodes) => AssertRefused(new TorchFile().Op(opcodes), "the pickle is refused");

    [Fact]
    public void Open_OfANumberThatWasNeverKept_Refuses() => AssertRefused(new TorchFile().Bytes((byte)'h', 9), "never kept");

    [Fact]
    public void Open_OfATextLongerThanTheFile_Refuses() => AssertRefused(new TorchFile().Bytes((byte)'X', 255, 255, 255, 127), "in the middle");

    [Fact]
    public void Open_OfManyContainers_StopsCounting()
    {
        var file = new TorchFile();
        for (int i = 0; i < 1 << 16; i++)
        {
            file.Op(']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']', ']');
        }

        AssertRefused(file, "containers");
    }

    [Fact]
    public void Open_OfAMemoThatDoublesATuple_TakesNoTime()
    {
        // Written out, the innermost tuple would be there 2^400 times.
        var file = new TorchFile().Op(')', 'q').Bytes(0);
        for (int i = 0; i < 400; i++)
        {
            file.Bytes((byte)'h', 0, (byte)'h', 0, 0x86, (byte)'q', 0);
        }

        AssertRefused(file, "the pickle is refused");
    }

    [Fact]
    public void Open_OfManyCopiesOfOneStorage_RefusesBeforeMemoryIsGone()
    {
        var file = new TorchFile().Op('}', '(').Storage("0", new float[4000]);
        for (int i = 0; i < 100; i++)
        {
            file.Tensor($"t{i}", "0", "FloatStorage", 4000, 0, [2, 2000], [1, 2]);
        }

        AssertRefused(file.Op('u'), "larger than the file");
    }

    [Fact]
    public void Open_OfAStorageOfAnotherLength_NamesIt() =>
        AssertRefused(new TorchFile().Op('}', '(').Storage("0", 1f, 2f).Tensor("a", "0", "FloatStorage", 3, 0, [3], [1]).Op('u'), "storage 0 of a", "8 bytes");

    [Theory]
    [InlineData("1")]
    [InlineData("../0")]
    [InlineData("/etc/passwd")]
    public void Open_OfAStorageThatIsNotInTheArchive_NamesIt(string key) =>
        AssertRefused(new TorchFile().Op('}', '(').Storage("0", 1f).Tensor("a", key, "FloatStorage", 1, 0, [1], [1]).Op('u'), $"data/{key} of a is missing");

    [Fact]
    public void Open_OfACompressedArchive_Refuses()
    {
        var file = TorchFile.Of("a", new float[1000], 0, [1000], [1]);
        file.Compression = CompressionLevel.Optimal;
        AssertRefused(file, "compressed");
    }

    [Fact]
    public void Open_OfBigEndianNumbers_Refuses()
    {
        var file = TorchFile.Of("a", [1], 0, [1], [1]);
        file.ByteOrder = "big";
        AssertRefused(file, "little-endian");
    }

    [Fact]
    public void Open_OfTheFormatBeforeZip_SaysWhatToDo()
    {
        string path = Save("pytorch_model.bin", [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, .. new byte[40]]);

        Assert.Contains("safetensors", Assert.Throws<InvalidDataException>(() => TorchReader.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../other.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b.bin")]
    public void Open_OfAnIndexThatLeavesTheFolder_Refuses(string shard)
    {
        string path = Save("pytorch_model.bin.index.json", System.Text.Encoding.UTF8.GetBytes($"{{\"weight_map\":{{\"a\":\"{shard}\"}}}}"));

        Assert.Contains("inside the folder", Assert.Throws<InvalidDataException>(() => TorchReader.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfShards_TakesWhatTheIndexNames()
    {
        Save("1.bin", TorchFile.Of("a", [1], 0, [1], [1]).ToArray());
        Save("2.bin", TorchFile.Of("b", [2], 0, [1], [1]).Op('(').Tensor("c", "0", "FloatStorage", 1, 0, [1], [1]).Op('u').ToArray());
        using var reader = TorchReader.Open(Save("pytorch_model.bin.index.json", """{"weight_map":{"a":"1.bin","b":"2.bin"}}"""u8.ToArray()));

        Assert.Equal(["a", "b"], reader.Names);
    }

    [Fact]
    public void Open_OfATruncatedFile_NeverGivesAnythingElseThanAnError()
    {
        byte[] whole = TorchFile.Of("a", [1, 2, 3], 0, [3], [1]).ToArray();
        for (int length = 1; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => TorchReader.Open(Save("t.bin", whole[..length])));
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Open_OfAnyChangedByte_EitherReadsOrRefuses()
    {
        byte[] whole = TorchFile.Of("a", [1, 2, 3, 4, 5, 6], 0, [3, 2], [1, 3]).ToArray();
        var random = new SplitMix64(11);
        for (int round = 0; round < 4000; round++)
        {
            byte[] changed = [.. whole];
            for (ulong i = 0; i <= random.Next() % 3; i++)
            {
                changed[random.Next() % (ulong)changed.Length] = (byte)random.Next();
            }

            try
            {
                using var reader = TorchReader.Open(Save("t.bin", changed));
                foreach (string name in reader.Names)
                {
                    _ = reader[name].Bytes()[^1..].ToArray();
                }
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private TorchReader Open(TorchFile file) => TorchReader.Open(Save("m.bin", file.ToArray()));

    private void AssertRefused(TorchFile file, params ReadOnlySpan<string> reasons)
    {
        string path = Save("m.bin", file.ToArray());
        string message = Assert.Throws<InvalidDataException>(() => TorchReader.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        foreach (string reason in reasons)
        {
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }

    private string Save(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
