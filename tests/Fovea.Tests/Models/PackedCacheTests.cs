using Fovea.Generation;
using Fovea.Models;
using Fovea.Models.Quantization;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Tests.Models;

/// <summary>Models that are loaded from packed weights on disk.</summary>
[Trait("kind", "property")]
public sealed class PackedCacheTests : IDisposable
{
    private const string Llava = "models/foveola/model";

    private readonly Compute _compute = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-packed-").FullName;

    /// <summary>Every family in every format, "" as it is stored.</summary>
    public static TheoryData<string, string> FoldersAndFormats => new(
        from folder in TinyModels.Folders
        from format in (string[])["", "f32", "bf16", "int8", "int4"]
        select (folder, format));

    private string Cache => Path.Combine(_folder, "cache");

    private string[] Files => Directory.Exists(Cache) ? Directory.GetFiles(Cache) : [];

    public void Dispose()
    {
        _compute.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(FoldersAndFormats))]
    public void Load_TheSecondTime_PacksNothingAndGivesTheSameLogits(string folder, string format)
    {
        var options = Options(format);
        using var plain = KnownModels.Load(Repository.Path(folder), _compute, options with { PackedCache = null });
        using var first = KnownModels.Load(Repository.Path(folder), _compute, options);
        using var second = KnownModels.Load(Repository.Path(folder), _compute, options);
        Assert.Null(plain.PackedCache);
        Assert.Equal((0, null), (Of(first).Found, Of(first).Notice));
        Assert.Equal((Of(first).Packed, 0, null), (Of(second).Found, Of(second).Packed, Of(second).Notice));
        Assert.True(Of(first).Packed > plain.Matrices.Count);
        Assert.Equal(plain.Matrices, second.Matrices);
        Assert.Equal(plain.WeightBytes, second.WeightBytes);
        Assert.Single(Files);
        float[] expected = Logits(plain);
        Assert.Equal(expected, Logits(first));
        Assert.Equal(expected, Logits(second));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bf16")]
    [InlineData("int8")]
    public void Load_OfAQuantisedCheckpoint_TheSecondTime_PacksNothingAndGivesTheSameLogits(string format)
    {
        string quantised = Path.Combine(_folder, "quantised");
        foreach (string source in (string[])["tests/golden/checkpoints/internvl3-tiny", "tests/golden/checkpoints/qwen25-vl-tiny", "tests/golden/checkpoints/internvl25-orig-tiny"])
        {
            using (var copy = new CheckpointCopy(source))
            {
                CheckpointQuantizer.Run(copy.Folder, quantised, new WeightPolicy { Format = WeightFormat.Int8 }, _compute.Workers);
            }

            using var plain = KnownModels.Load(quantised, _compute, Options(format) with { PackedCache = null });
            using var first = KnownModels.Load(quantised, _compute, Options(format));
            using var second = KnownModels.Load(quantised, _compute, Options(format));
            Assert.Equal((Of(first).Packed, 0), (Of(second).Found, Of(second).Packed));
            Assert.Equal(plain.Matrices, second.Matrices);
            Assert.Equal(Logits(plain), Logits(second));
            Directory.Delete(quantised, recursive: true);
        }
    }

    [Fact]
    public void Load_TheSecondTime_ReadsNoMatrixOfTheCheckpoint()
    {
        using var copy = new CheckpointCopy(Llava);
        string file = Path.Combine(copy.Folder, "model.safetensors");
        var written = File.GetLastWriteTimeUtc(file);
        float[] expected;
        string[] matrices;
        using (var first = KnownModels.Load(copy.Folder, _compute, Options("int8")))
        {
            expected = Logits(first);
            matrices = [.. first.Matrices.Select(matrix => matrix.Module + ".weight")];
        }

        using (var empty = new CheckpointCopy(copy.Folder, weights =>
        {
            foreach (string name in matrices)
            {
                weights[name] = Tensor.Allocate(weights[name].ElementType, weights[name].Shape);
            }
        }))
        {
            File.Copy(Path.Combine(empty.Folder, "model.safetensors"), file, overwrite: true);
        }

        File.SetLastWriteTimeUtc(file, written);
        using var second = KnownModels.Load(copy.Folder, _compute, Options("int8"));
        Assert.Equal(0, Of(second).Packed);
        Assert.Equal(expected, Logits(second));
    }

    [Fact]
    public void Load_OfAnythingElse_PacksAnew()
    {
        using var copy = new CheckpointCopy(Llava);
        string file = Path.Combine(copy.Folder, "model.safetensors"), config = Path.Combine(copy.Folder, "config.json");
        int files = 0;
        void Expect(LoadOptions options)
        {
            using (var model = KnownModels.Load(copy.Folder, _compute, options))
            {
                Assert.Equal(0, Of(model).Found);
            }

            Assert.Equal(++files, Files.Length);
            using var again = KnownModels.Load(copy.Folder, _compute, options);
            Assert.Equal(0, Of(again).Packed);
        }

        Expect(Options("int8"));
        Expect(Options("int8:32"));
        Expect(Options("int8") with { Weights = new WeightPolicy { Format = WeightFormat.Int8, KeepFloat = ["*q_proj"] } });
        Expect(Options("int8") with { Weights = new WeightPolicy { Format = WeightFormat.Int8, KeepFloat = ["*q_", "proj"] } });
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        Expect(Options("int8"));
        File.WriteAllText(config, File.ReadAllText(config) + "\n");
        using (var model = KnownModels.Load(copy.Folder, _compute, Options("int8")))
        {
            Assert.Equal(0, Of(model).Packed);
        }

        File.WriteAllText(config, File.ReadAllText(config).Replace("{", "{\"something_new\": 1,", StringComparison.Ordinal));
        Expect(Options("int8"));
    }

    [Fact]
    public void Load_ThatIsCancelledOrFails_LeavesNothing()
    {
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => KnownModels.Load(Repository.Path(Llava), _compute, Options("int8"), _ => source.Cancel(), source.Token));
        Assert.Empty(Files);
        using var copy = new CheckpointCopy(Llava, weights => weights["something.else.weight"] = Tensor.Allocate(2, 3));
        Assert.Throws<InvalidDataException>(() => KnownModels.Load(copy.Folder, _compute, Options("int8")));
        Assert.Empty(Files);
        Assert.True(Directory.Exists(Cache));
    }

    [Fact]
    public async Task Load_OfSeveralAtOnce_GivesEachTheWholeModelAndOneFile()
    {
        float[] expected;
        using (var plain = KnownModels.Load(Repository.Path(Llava), _compute, Options("int4") with { PackedCache = null }))
        {
            expected = Logits(plain);
        }

        for (int round = 0; round < 2; round++)
        {
            var models = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => VisionLanguageModel.LoadAsync(Repository.Path(Llava), Options("int4") with { Threads = 1 })));
            foreach (var model in models)
            {
                Assert.Null(Of(model.Model).Notice);
                Assert.Equal(expected, Logits(model.Model));
                Assert.True(round == 0 || Of(model.Model).Packed == 0);
                model.Dispose();
            }

            Assert.Single(Files);
        }
    }

    [Fact]
    public void Load_WhereNothingCanBeWritten_WorksAndSaysWhy()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");
        string[] places = OperatingSystem.IsLinux() ? [file, Path.Combine(file, "below"), "/proc/self"] : [file, Path.Combine(file, "below")];
        foreach (string place in places)
        {
            using var model = KnownModels.Load(Repository.Path(Llava), _compute, new LoadOptions { PackedCache = place });
            Assert.Contains(place, Of(model).Notice, StringComparison.Ordinal);
            Assert.True(Of(model).Packed > 0);
            Assert.NotEmpty(Logits(model));
        }

        Assert.Equal("no folder", File.ReadAllText(file));
    }

    [Fact]
    public void Load_UnderTheLimit_WritesNothingAndSaysWhy()
    {
        using var model = KnownModels.Load(Repository.Path(Llava), _compute, Options("int8") with { PackedCacheSize = 100_000 });
        Assert.Contains("100000 bytes", Of(model).Notice, StringComparison.Ordinal);
        Assert.Empty(Files);
        Assert.NotEmpty(Logits(model));
    }

    private static PackedCache Of(MultimodalModel model) => model.PackedCache ?? throw new InvalidOperationException("The model has no cache.");

    private LoadOptions Options(string format) => new()
    {
        PackedCache = Cache,
        Weights = format.Length == 0 ? WeightPolicy.AsStored : new WeightPolicy { Format = WeightFormat.Parse(format) },
    };

    private float[] Logits(MultimodalModel model)
    {
        var observer = new LogitsObserver();
        new Generator(model, _compute, observer).Generate(new GenerationRequest
        {
            Prompt = model.Prompt([ChatMessage.User("What is it?", 1)]),
            Images = [TinyModels.Picture(50, 40, 1)],
            MaxNewTokens = 2,
            EndTokens = [],
        });
        return [.. observer.Steps.SelectMany(step => step[0])];
    }
}
