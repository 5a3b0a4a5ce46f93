using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class SafetensorsShardsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-shards-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(24, 2)]
    [InlineData(1000, 1)]
    public void Write_ByTheLimit_MakesFilesThatReadBack(long limit, int files)
    {
        SafetensorsShards.Write(_folder, Items(), limit);
        string[] written = Directory.GetFiles(_folder, "*.safetensors");
        Assert.Equal(files, written.Length);
        string index = Path.Combine(_folder, "model.safetensors.index.json");
        Assert.Equal(files > 1, File.Exists(index));
        using var reader = SafetensorsReader.Open(files > 1 ? index : written[0]);
        Assert.Equal(["a", "b", "c"], reader.Names);
        Assert.Equal([1f, 2, 3], reader["b"].AsSpan<float>().ToArray());
    }

    [Fact]
    public void Write_OfWhatIsMadeOtherwiseThanSaid_LeavesNothing()
    {
        SafetensorsItem[] items = [new("a", ElementType.F32, new Shape(2), () => Tensor.Allocate(3))];
        Assert.Throws<InvalidOperationException>(() => SafetensorsShards.Write(_folder, items, 100));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static SafetensorsItem[] Items() =>
    [
        SafetensorsItem.Of("c", Tensor.Allocate(4)),
        SafetensorsItem.Of("a", Tensor.Allocate(2)),
        new("b", ElementType.F32, new Shape(3), () => Tensor.From([1, 2, 3], 3)),
    ];
}
