using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class TorchWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-torch");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("kind", "property")]
    public void Write_OfTensorsOfEveryType_IsReadAsWritten()
    {
        ElementType[] types = [ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.F64, ElementType.I64, ElementType.I32, ElementType.U8, ElementType.Bool];
        var tensors = types.ToDictionary(type => $"a.{type}", type => Tensor.Allocate(type, new Shape(3, 1, 5)));
        tensors.Add("vector", Tensor.From([1, 2, 3], 3));
        foreach (var (index, (_, tensor)) in tensors.Index())
        {
            Span<byte> bytes = tensor.Bytes();
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)((i * 7) + index);
            }
        }

        string first = Path.Combine(_folder.FullName, "one.bin"), second = Path.Combine(_folder.FullName, "two.bin");
        TorchWriter.Write(first, tensors);
        TorchWriter.Write(second, tensors.Reverse().ToDictionary());
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        using var read = TorchReader.Open(first);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Names);
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal(tensor.ToString(), read[name].ToString());
            Assert.True(tensor.Bytes().SequenceEqual(read[name].Bytes()), name);
        }
    }

    [Fact]
    public void Write_OfATypeThatPyTorchDoesNotStore_ThrowsAndLeavesNothing()
    {
        var tensors = new Dictionary<string, Tensor> { ["x"] = Tensor.Allocate(ElementType.U32, new Shape(2)) };
        Assert.Throws<ArgumentException>(() => TorchWriter.Write(Path.Combine(_folder.FullName, "x.bin"), tensors));
        Assert.Empty(_folder.GetFiles());
    }
}
