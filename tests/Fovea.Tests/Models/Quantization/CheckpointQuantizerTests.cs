using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Models.Quantization;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Models.Quantization;

[Trait("kind", "property")]
public sealed class CheckpointQuantizerTests : IDisposable
{
    private const string Llava = "models/foveola/model";
    private const string Head = "language_model.lm_head.weight";

    private readonly Compute _compute = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-quantize-").FullName;

    public static TheoryData<string> Folders => new(TinyModels.Folders.Where(folder => CheckpointFolder.Open(Repository.Path(folder)).HasWeights));

    /// <summary>Every family, in the formats of integers and in bfloat16.</summary>
    public static TheoryData<string, string> FoldersAndFormats => new(
        from folder in TinyModels.Folders.Where(folder => CheckpointFolder.Open(Repository.Path(folder)).HasWeights)
        from format in (string[])["int8", "int4"]
        select (folder, format));

    private string Output => Path.Combine(_folder, "out");

    public void Dispose()
    {
        _compute.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(FoldersAndFormats))]
    public void Run_LoadedBack_HasTheCodesAndScalesThatQuantisingMakes(string folder, string format)
    {
        using var copy = new CheckpointCopy(folder);
        var policy = new WeightPolicy { Format = WeightFormat.Parse(format) };
        var summary = CheckpointQuantizer.Run(copy.Folder, Output, policy, _compute.Workers);
        using var before = CheckpointFolder.Open(copy.Folder).OpenWeights();
        var written = CheckpointFolder.Open(Output);
        using var after = written.OpenWeights();
        var files = new StoredFiles(written, after, KnownModels.Find(written).Names(written));
        var modules = KnownQuantizations.Find(written)?.Modules(files);
        Assert.Equal(summary.Modules.Values.Sum(), modules?.Weights.Count ?? 0);
        foreach (var (name, weight) in modules?.Weights ?? new Dictionary<string, QuantizedWeight>())
        {
            using var read = weight.Read(_compute.Workers);
            using var made = QuantizedMatrix.Of(before[name], read.Format, _compute.Workers);
            Assert.Equal(policy.For(files.Canonical(name)[..^".weight".Length], name[..^".weight".Length], weight.Inputs), read.Format);
            Assert.Equal(made.Codes.Bytes().ToArray(), read.Codes.Bytes().ToArray());
            Assert.Equal(made.Scales.Bytes().ToArray(), read.Scales.Bytes().ToArray());
        }

        foreach (string name in before.Names.Where(name => modules is null || !modules.Weights.ContainsKey(name)))
        {
            Assert.Equal(before[name].Bytes().ToArray(), after[name].Bytes().ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Run_OfEveryFamily_KeepsTheMatricesAsLoadingWouldAndCopiesTheRest(string folder)
    {
        using var copy = new CheckpointCopy(folder);
        var options = new LoadOptions { Weights = new WeightPolicy { Format = WeightFormat.Int8 } };
        var summary = CheckpointQuantizer.Run(copy.Folder, Output, options.Weights, _compute.Workers);
        using var atLoad = KnownModels.Load(copy.Folder, _compute, options);
        using var again = KnownModels.Load(Output, _compute, options);
        Assert.Equal(atLoad.Matrices, again.Matrices);
        using var stored = KnownModels.Load(Output, _compute);
        using var before = CheckpointFolder.Open(copy.Folder).OpenWeights();

        // Experts, a tied head and an encoder in a folder of its own are no modules with a weight in this file.
        Assert.All(
            stored.Matrices.Where(matrix => !matrix.Format.HasScales),
            matrix => Assert.True(summary.Kept.Contains(matrix.Module) || !before.Names.Contains(matrix.Module + ".weight"), matrix.Module));
        Assert.Equal(
            [.. Directory.EnumerateFiles(copy.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(copy.Folder, file)).Order(StringComparer.Ordinal)],
            [.. Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Output, file)).Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public void Run_ToBFloat16_IsWhatLoadingRounds()
    {
        using var copy = new CheckpointCopy(Llava, weights =>
        {
            string wide = weights.Keys.First(name => name.EndsWith("mlp.up_proj.weight", StringComparison.Ordinal));
            var values = Tensor.Allocate(weights[wide].Shape[0], weights[wide].Shape[1]);
            values.AsSpan<float>().Fill(1 / 3f);
            weights[wide] = values;
        });
        CheckpointQuantizer.Run(copy.Folder, Output, new WeightPolicy { Format = WeightFormat.BF16, KeepFloat = ["*lm_head"] }, _compute.Workers);
        var folder = CheckpointFolder.Open(Output);
        Assert.False(KnownQuantizations.IsNamed(folder));
        using var before = CheckpointFolder.Open(copy.Folder).OpenWeights();
        using var after = folder.OpenWeights();
        Assert.Equal(before.Names, after.Names);
        string name = before.Names.First(name => name.EndsWith("mlp.up_proj.weight", StringComparison.Ordinal));
        Assert.Equal(ElementType.BF16, after[name].ElementType);
        Assert.Equal(before[name].AsSpan<float>().ToArray().Select(BFloat16.Round), after[name].AsSpan<BFloat16>().ToArray());
        Assert.Equal(before[Head].Bytes().ToArray(), after[Head].Bytes().ToArray());
    }

    [Fact]
    public void Run_OfAGroupThatDoesNotDivide_KeepsTheMatrix()
    {
        string name = "";
        using var copy = new CheckpointCopy(Llava, weights =>
        {
            name = weights.Keys.First(key => key.EndsWith("layers.0.mlp.up_proj.weight", StringComparison.Ordinal));
            weights["odd.weight"] = Tensor.Allocate(3, 48);
        });
        var summary = CheckpointQuantizer.Run(copy.Folder, Output, new WeightPolicy { Format = WeightFormat.Int8 }, _compute.Workers);
        Assert.Contains("odd", summary.Kept);
        Assert.DoesNotContain(name[..^".weight".Length], summary.Kept);
        var ignored = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "config.json")))!["quantization_config"]!["ignore"]!.AsArray();
        Assert.Contains("odd", ignored.Select(entry => (string)entry!));
    }

    [Fact]
    public void Run_ThatFails_LeavesNothingBehind()
    {
        var policy = new WeightPolicy { Format = WeightFormat.Int4 };
        Assert.Throws<ArgumentException>(() => CheckpointQuantizer.Run(Repository.Path(Llava), Output, policy with { KeepFloat = ["nothing"] }, _compute.Workers));
        Assert.Throws<ArgumentException>(() => CheckpointQuantizer.Run(Repository.Path(Llava), Output, WeightPolicy.AsStored, _compute.Workers));
        Assert.Throws<ArgumentException>(() => CheckpointQuantizer.Run(Repository.Path(Llava), Output, new WeightPolicy { Format = WeightFormat.F32 }, _compute.Workers));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => CheckpointQuantizer.Run(
            Repository.Path(Llava), Output, policy, _compute.Workers, share => Stop(share, stop), stop.Token));
        string name = "";
        using var broken = new CheckpointCopy(Llava, weights =>
        {
            name = weights.Keys.First(key => key.EndsWith("mlp.down_proj.weight", StringComparison.Ordinal));
            var wrong = Tensor.Allocate(weights[name].Shape[0], weights[name].Shape[1]);
            wrong.AsSpan<float>()[7] = float.NaN;
            weights[name] = wrong;
        });
        Assert.Contains(name, Assert.Throws<InvalidDataException>(() => CheckpointQuantizer.Run(broken.Folder, Output, policy, _compute.Workers)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private static void Stop(double share, CancellationTokenSource stop)
    {
        if (share > 0.5)
        {
            stop.Cancel();
        }
    }

    [Fact]
    public void Run_OntoSomethingOrOfSomethingQuantised_Refuses()
    {
        var policy = new WeightPolicy { Format = WeightFormat.Int8 };
        CheckpointQuantizer.Run(Repository.Path(Llava), Output, policy, _compute.Workers);
        Assert.Contains("exists", Assert.Throws<IOException>(() => CheckpointQuantizer.Run(Repository.Path(Llava), Output, policy, _compute.Workers)).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<InvalidDataException>(() => CheckpointQuantizer.Run(Output, Output + "2", policy, _compute.Workers)).Message, StringComparison.Ordinal);
        using var copy = new CheckpointCopy(Llava);
        Assert.Contains("inside", Assert.Throws<IOException>(() => CheckpointQuantizer.Run(copy.Folder, Path.Combine(copy.Folder, "x"), policy, _compute.Workers)).Message, StringComparison.Ordinal);
    }
}
