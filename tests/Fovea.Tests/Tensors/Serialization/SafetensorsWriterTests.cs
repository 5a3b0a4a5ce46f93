using System.Buffers.Binary;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_OfEveryElementType_ReadsBack()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var type in Enum.GetValues<ElementType>())
        {
            var tensor = Tensor.Allocate(type, new Shape(3, (int)type + 1));
            var bytes = tensor.Bytes();
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)((i * 37) + (int)type);
            }

            tensors.Add($"t{type}", tensor);
        }

        string path = Path.Combine(_folder, "all.safetensors");
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt", ["ö"] = "\"\n" });
        using var reader = SafetensorsReader.Open(path);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), reader.Names);
        Assert.Equal("\"\n", reader.Metadata["ö"]);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.ElementType, reader[name].ElementType);
            Assert.Equal(tensor.Shape, reader[name].Shape);
            Assert.Equal(tensor.Bytes(), reader[name].Bytes());
            tensor.Dispose();
        }
    }

    [Fact]
    public void Write_PadsTheHeaderAndLeavesNoOtherFile()
    {
        using var tensor = Tensor.From([1, 2], 2);
        string path = Path.Combine(_folder, "m.safetensors");
        for (int length = 1; length < 12; length++)
        {
            SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { [new string('n', length)] = tensor });
            Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(path)) % 8);
        }

        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_ThatFails_KeepsTheFile()
    {
        var tensor = Tensor.From([1, 2], 2);
        string path = Path.Combine(_folder, "m.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = tensor });
        byte[] before = File.ReadAllBytes(path);
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = tensor }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_OfATensorCalledMetadata_Throws()
    {
        using var tensor = Tensor.From([1, 2], 2);
        string path = Path.Combine(_folder, "m.safetensors");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["__metadata__"] = tensor }));
    }

    [Fact]
    [Trait("kind", "golden")]
    public void Open_OfEveryGoldenFile_Succeeds()
    {
        foreach (string folder in new[] { "model", "reduction", "training", "image" })
        {
            foreach (string path in Directory.EnumerateFiles(Repository.Path("tests/golden/" + folder), "*.safetensors", SearchOption.AllDirectories))
            {
                using var reader = SafetensorsReader.Open(path);
                Assert.NotEmpty(reader.Names);
            }
        }
    }
}
