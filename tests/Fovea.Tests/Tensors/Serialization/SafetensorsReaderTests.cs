using System.Buffers.Binary;
using System.Text;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public static TheoryData<string, string> BrokenHeaders => new()
    {
        { "[]", "not a JSON object" },
        { "null", "not a JSON object" },
        { "{", "not well-formed" },
        { "", "not well-formed" },
        { "{}{}", "not well-formed" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "a is there twice" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", "__metadata__ is there twice" },
        { "{\"__metadata__\":{\"k\":1}}", "not a string" },
        { "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "twice" },
        { "{\"__metadata__\":[]}", "not an object" },
        { "{\"a\":7}", "a is not an object" },
        { "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", "lacks dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "lacks dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "lacks dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "lacks dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", "more than 2" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}", "more than 6" },
        { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "dtype of the wrong type, or twice" },
        { "{\"a\":{\"dtype\":\"Q9\",\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown dtype Q9" },
        { "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}", "wrong type" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", "not an array" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "not an integer from 0" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", "not an integer from 0" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}", "not an integer from 0" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775808],\"data_offsets\":[0,8]}}", "not an integer from 0" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,8]}}", "over 2^31" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483648,0],\"data_offsets\":[0,0]}}", "over 2^31" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,2147483647],\"data_offsets\":[0,8]}}", "a has" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1073741824,1073741824,16],\"data_offsets\":[0,0]}}", "a has data_offsets" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "takes 12 bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "takes 8 bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "ends at byte 16" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775799,9223372036854775807]}}", "leaves a gap" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "leaves a gap" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "end at byte 4" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "overlaps" },
        { "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "not well-formed" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void Open_OfABrokenHeader_SaysFileAndReason(string header, string reason)
    {
        string path = Save("m.safetensors", header, new byte[8]);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void Open_OfATruncatedFile_Throws(int length)
    {
        string path = Path.Combine(_folder, "short.safetensors");
        File.WriteAllBytes(path, new byte[length]);
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path));
    }

    [Theory]
    [InlineData(17ul)]
    [InlineData(100_000_001ul)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1ul << 63)]
    public void Open_OfAHeaderLongerThanTheFile_Throws(ulong length)
    {
        byte[] bytes = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        string path = Path.Combine(_folder, "long.safetensors");
        File.WriteAllBytes(path, bytes);
        Assert.Contains("over the limit", Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfEveryTruncation_Throws()
    {
        using var tensor = Tensor.From([1, 2, 3], 3);
        string whole = Path.Combine(_folder, "whole.safetensors");
        SafetensorsWriter.Write(whole, new Dictionary<string, Tensor> { ["a"] = tensor });
        byte[] bytes = File.ReadAllBytes(whole);
        string path = Path.Combine(_folder, "cut.safetensors");
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path));
        }
    }

    [Fact]
    public void Open_OfAMisalignedTensor_ReadsIt()
    {
        byte[] data = new byte[9];
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(1), 2.5f);
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(5), -1f);
        string header = "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        using var reader = SafetensorsReader.Open(Save("m.safetensors", header, data));
        Assert.Equal(["a", "b"], reader.Names);
        Assert.Equal([2.5f, -1f], reader["b"].AsSpan<float>().ToArray());
    }

    [Fact]
    public void Open_OfNoTensors_IsEmpty()
    {
        using var reader = SafetensorsReader.Open(Save("m.safetensors", "{}  ", []));
        Assert.Empty(reader.Names);
        Assert.False(reader.TryGet("a", out _));
        Assert.Throws<KeyNotFoundException>(() => reader["a"]);
    }

    [Fact]
    public void Open_OfEmptyAndScalarTensors_ReadsThem()
    {
        string header = "{\"e\":{\"dtype\":\"I64\",\"shape\":[3,0],\"data_offsets\":[0,0]},\"s\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8],\"more\":[1]}}";
        using var reader = SafetensorsReader.Open(Save("m.safetensors", header, [5, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(new Shape(3, 0), reader["e"].Shape);
        Assert.Equal([5L], reader["s"].AsSpan<long>().ToArray());
    }

    [Fact]
    public void Open_OfNoFile_Throws() =>
        Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(Path.Combine(_folder, "absent.safetensors")));

    [Fact]
    public void Tensor_AfterDispose_RefusesToBeRead()
    {
        var reader = SafetensorsReader.Open(Save("m.safetensors", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]));
        var tensor = reader["a"];
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor.AsSpan<float>().Length);
    }

    [Fact]
    public void Open_OfShards_TakesWhatTheIndexNames()
    {
        WriteShard("one.safetensors", ("a", 1), ("b", 2));
        Directory.CreateDirectory(Path.Combine(_folder, "deep"));
        WriteShard("deep/two.safetensors", ("a", 3), ("c", 4));
        using var reader = SafetensorsReader.Open(Index("{\"metadata\":{\"total_size\":8},\"weight_map\":{\"c\":\"deep/two.safetensors\",\"a\":\"one.safetensors\"}}"));
        Assert.Equal(["a", "c"], reader.Names);
        Assert.Equal(1, reader["a"].AsSpan<float>()[0]);
        Assert.Equal(4, reader["c"].AsSpan<float>()[0]);
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not well-formed")]
    [InlineData("{}", "no weight_map")]
    [InlineData("{\"weight_map\":[]}", "not an object")]
    [InlineData("{\"weight_map\":{},\"weight_map\":{}}", "twice")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "not a string")]
    [InlineData("{\"weight_map\":{\"a\":\"one.safetensors\",\"a\":\"one.safetensors\"}}", "a is there twice")]
    [InlineData("{\"weight_map\":{\"z\":\"one.safetensors\"}}", "no tensor z")]
    [InlineData("{\"weight_map\":{\"a\":\"absent.safetensors\"}}", "absent.safetensors of a is missing")]
    [InlineData("{\"weight_map\":{\"a\":\"../one.safetensors\"}}", "not a relative path inside")]
    [InlineData("{\"weight_map\":{\"a\":\"deep/../../one.safetensors\"}}", "not a relative path inside")]
    [InlineData("{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "not a relative path inside")]
    [InlineData("{\"weight_map\":{\"a\":\"C:one.safetensors\"}}", "not a relative path inside")]
    [InlineData("{\"weight_map\":{\"a\":\"..\\\\one.safetensors\"}}", "not a relative path inside")]
    [InlineData("{\"weight_map\":{\"a\":\"\"}}", "not a relative path inside")]
    public void Open_OfABrokenIndex_SaysFileAndReason(string json, string reason)
    {
        WriteShard("one.safetensors", ("a", 1));
        string path = Index(json);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private string Save(string name, string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [.. length, .. json, .. data]);
        return path;
    }

    private string Index(string json)
    {
        string path = Path.Combine(_folder, "model.safetensors.index.json");
        File.WriteAllText(path, json);
        return path;
    }

    private void WriteShard(string name, params (string Name, float Value)[] tensors)
    {
        var all = tensors.ToDictionary(t => t.Name, t => Tensor.From([t.Value], 1));
        SafetensorsWriter.Write(Path.Combine(_folder, name), all);
        foreach (var tensor in all.Values)
        {
            tensor.Dispose();
        }
    }
}
