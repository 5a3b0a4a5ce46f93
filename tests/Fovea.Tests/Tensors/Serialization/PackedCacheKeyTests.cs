using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

/// <summary>Which changes of a checkpoint make another key.</summary>
[Trait("kind", "property")]
public sealed class PackedCacheKeyTests : IDisposable
{
    private static readonly DateTime Written = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly Compute _compute = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-packed-").FullName;

    private string Safetensors => Path.Combine(_folder, "model.safetensors");

    private string Torch => Path.Combine(_folder, "model.bin");

    public void Dispose()
    {
        _compute.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Key_OfTheSameFile_IsTheSame()
    {
        Keep(() => Write(Safetensors, "w", 1, 2, 3));
        Assert.True(IsKnown(() => Write(Safetensors, "w", 1, 2, 3)));
        Assert.True(IsKnown(() => { }));
    }

    [Fact]
    public void Key_OfAnotherTimeHeaderOrPath_IsAnother()
    {
        Keep(() => Write(Safetensors, "w", 1, 2, 3));
        Assert.False(IsKnown(() => File.SetLastWriteTimeUtc(Safetensors, Written.AddTicks(10))));
        Assert.False(IsKnown(() => Write(Safetensors, "v", 1, 2, 3)));
        Assert.False(IsKnown(() => Write(Safetensors, "w", 1, 2, 3, 4)));
        string other = Path.Combine(_folder, "other.safetensors");
        Assert.False(IsKnown(() => Write(other, "w", 1, 2, 3), () => SafetensorsReader.Open(other)));
    }

    [Fact]
    public void Key_OfPyTorchsFileWithOtherNumbers_IsAnother()
    {
        Keep(() => Write(Torch, "w", 1, 2, 3), () => TorchReader.Open(Torch));
        Assert.True(IsKnown(() => Write(Torch, "w", 1, 2, 3), () => TorchReader.Open(Torch)));
        Assert.False(IsKnown(() => Write(Torch, "w", 1, 2, 4), () => TorchReader.Open(Torch)));
        Assert.False(IsKnown(() => Write(Torch, "v", 1, 2, 3), () => TorchReader.Open(Torch)));
    }

    [Fact]
    public void Key_OfAnotherIndex_IsAnother()
    {
        string index = Path.Combine(_folder, "model.safetensors.index.json");
        foreach (string file in (string[])["a", "b"])
        {
            using Tensor v = Tensor.From([1], 1), w = Tensor.From([2], 1);
            SafetensorsWriter.Write(Path.Combine(_folder, file), new Dictionary<string, Tensor> { ["v"] = v, ["w"] = w });
        }

        void Point(string v, string w) => File.WriteAllText(index, $$$"""{"weight_map": {"v": "{{{v}}}", "w": "{{{w}}}"}}""");
        Keep(() => Point("a", "b"), () => SafetensorsReader.Open(index));
        Assert.True(IsKnown(() => Point("a", "b"), () => SafetensorsReader.Open(index)));
        Assert.False(IsKnown(() => Point("b", "a"), () => SafetensorsReader.Open(index)));
    }

    [Fact]
    public void Key_OfTextsThatAreCutElsewhere_IsAnother()
    {
        string[][] texts = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"]];
        Assert.All(texts, parts => Assert.Equal(0, Found(key => Array.ForEach(parts, key.Add))));
        Assert.All(texts, parts => Assert.Equal(1, Found(key => Array.ForEach(parts, key.Add))));
    }

    private static void Write(string file, string name, params float[] numbers)
    {
        using var tensor = Tensor.From(numbers, numbers.Length);
        var tensors = new Dictionary<string, Tensor> { [name] = tensor };
        if (file.EndsWith(".bin", StringComparison.Ordinal))
        {
            TorchWriter.Write(file, tensors);
        }
        else
        {
            SafetensorsWriter.Write(file, tensors);
        }

        File.SetLastWriteTimeUtc(file, Written);
    }

    private void Keep(Action change, Func<CheckpointReader>? open = null) => Assert.False(IsKnown(change, open));

    private bool IsKnown(Action change, Func<CheckpointReader>? open = null)
    {
        change();
        using var weights = open is null ? SafetensorsReader.Open(Safetensors) : open();
        return Found(key => key.Add(weights)) == 1;
    }

    private int Found(Action<PackedCacheKey> add)
    {
        using var key = new PackedCacheKey();
        add(key);
        using var cache = PackedCache.Open(Path.Combine(_folder, "cache"), key);
        using var weight = Tensor.From([1, 2], 1, 2);
        cache.Get("matrix", WeightFormat.F32, 1, 2, () => PackedMatrix.Pack(weight, _compute.Workers)).Dispose();
        cache.Complete();
        return cache.Found;
    }
}
