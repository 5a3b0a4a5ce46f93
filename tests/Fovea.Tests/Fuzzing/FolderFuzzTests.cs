using Fovea.Golden;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Tests.Fuzzing;

/// <summary>The files of a checkpoint's folder, one of them mutated.</summary>
[Trait("kind", "property")]
public sealed class FolderFuzzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-fuzz-").FullName;

    public static TheoryData<string> Checkpoints => new(TinyModels.Folders.Where(folder => folder.Contains("golden", StringComparison.Ordinal)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("qwen2-bpe", "tokenizer.json")]
    [InlineData("llama3-bpe", "tokenizer.json")]
    [InlineData("llama-bpe", "tokenizer.json")]
    [InlineData("clip-bpe", "tokenizer.json")]
    [InlineData("clip-bpe", "tokenizer_config.json")]
    [InlineData("llama-spm", "tokenizer.model")]
    [InlineData("internlm2-spm", "tokenizer.model")]
    [InlineData("siglip-unigram", "spiece.model")]
    public void Tokenizer_OfMutatedFiles_RefusesOrWorks(string name, string file)
    {
        Take($"tests/golden/tokenizer/{name}");
        Check<InvalidDataException>(file, 40, length => (1000L * length) + (64 << 20), () =>
        {
            var tokenizer = Tokenizer.Load(_folder);
            tokenizer.Decode(tokenizer.Encode("Hello <image> 日本 \U0001F600 don't"));
            tokenizer.Decode([.. Enumerable.Range(-1, 40)]);
        });
    }

    [Theory]
    [InlineData("llava15-tiny", "preprocessor_config.json")]
    [InlineData("llava-onevision-tiny", "preprocessor_config.json")]
    [InlineData("qwen2-vl-tiny", "preprocessor_config.json")]
    [InlineData("internvl3-tiny", "preprocessor_config.json")]
    public void Processor_OfMutatedFiles_RefusesOrWorks(string name, string file)
    {
        Take($"tests/golden/checkpoints/{name}");
        Check<InvalidDataException>(file, 100, length => (1000L * length) + (16 << 20), () => ImageProcessor.Load(_folder));
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Model_OfAMutatedConfig_RefusesOrLoads(string folder)
    {
        Take(folder);
        using var compute = new Compute();
        Check<InvalidDataException>("config.json", 60, length => (1000L * length) + (64 << 20), () =>
        {
            try
            {
                KnownModels.Load(_folder, compute).Dispose();
            }
            catch (NotSupportedException unknown) when (unknown.Message.Contains("model type", StringComparison.Ordinal))
            {
                // The mutation hit the name of the family.
            }
            catch (DirectoryNotFoundException absent) when (absent.Message.Contains("vision encoder", StringComparison.Ordinal))
            {
                // The mutation hit the name of the encoder's folder.
            }
        });
    }

    [Theory]
    [InlineData("ct-w4a16", "config.json")]
    [InlineData("ct-w8a8", "config.json")]
    [InlineData("ct-w4a16", "model.safetensors")]
    [InlineData("ct-w8a8", "model.safetensors")]
    public void Quantised_OfAMutatedFile_RefusesOrLoads(string name, string file)
    {
        Take($"tests/golden/format/checkpoints/{name}");
        Check<InvalidDataException>(file, 100, length => (1000L * length) + (64 << 20), () =>
        {
            try
            {
                new PackedCheckpoint(_folder).Dispose();
            }
            catch (NotSupportedException unknown) when (unknown.Message.Contains("not read", StringComparison.Ordinal))
            {
                // The mutation hit the name of a method, a format or a strategy.
            }
        });
    }

    [Fact]
    public void Safetensors_OfMutatedFiles_RefusesOrReads()
    {
        Take("tests/golden/checkpoints/llava15-tiny");
        Check<InvalidDataException>("model.safetensors", 100, length => (100L * length) + (16 << 20), () =>
        {
            using var reader = SafetensorsReader.Open(Path.Combine(_folder, "model.safetensors"));
            foreach (string tensor in reader.Names)
            {
                using var read = reader[tensor];
                Assert.True(read.Shape.Count >= 0);
            }
        });
    }

    private void Take(string source)
    {
        foreach (string path in Directory.EnumerateFiles(Repository.Path(source), "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("cases.json", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(_folder, Path.GetRelativePath(Repository.Path(source), path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? _folder);
            File.Copy(path, copy);
        }
    }

    private void Check<TRefusal>(string file, int usual, Func<int, long> allowed, Action read)
        where TRefusal : Exception
    {
        string path = Path.Combine(_folder, file);
        Mutants.Check<TRefusal>(path, 12, usual, allowed, mutant =>
        {
            File.WriteAllBytes(path, mutant);
            read();
        });
    }
}
