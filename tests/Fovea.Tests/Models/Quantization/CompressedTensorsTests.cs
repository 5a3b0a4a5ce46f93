using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Models.Quantization;

[Trait("kind", "property")]
public sealed class CompressedTensorsTests : IDisposable
{
    private const string Module = "model.layers.0.mlp.up_proj";
    private const string Group4 = """{"num_bits": 4, "strategy": "group", "group_size": 32}""";

    private readonly Compute _compute = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-packed-").FullName;

    public void Dispose()
    {
        _compute.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"num_bits": 9}""", "num_bits")]
    [InlineData("""{"num_bits": 4, "strategy": "group"}""", "group_size")]
    [InlineData("""{"num_bits": 4, "strategy": "group", "group_size": "x"}""", "group_size")]
    [InlineData("""{"num_bits": 4, "strategy": "group", "group_size": 64}""", "[8, 1]")]
    [InlineData("""{"num_bits": 4, "strategy": "group", "group_size": 96}""", "divide")]
    [InlineData("""{"num_bits": 4, "strategy": "channel"}""", "[8, 1]")]
    [InlineData("""{"num_bits": 8, "strategy": "group", "group_size": 32}""", "[8, 8]")]
    [InlineData("""{"num_bits": 4, "symmetric": "yes"}""", "symmetric")]
    public void Open_OfAContradictoryScheme_NamesIt(string scheme, string part) => Refuses<InvalidDataException>(Config(scheme), Tensors(), part);

    [Theory]
    [InlineData("""{"num_bits": 4, "strategy": "group", "group_size": 16}""", "16")]
    [InlineData("""{"num_bits": 3}""", "3 bits")]
    [InlineData("""{"num_bits": 4, "symmetric": false}""", "zero points")]
    [InlineData("""{"num_bits": 4, "strategy": "block"}""", "block")]
    [InlineData("""{"num_bits": 8, "type": "float"}""", "floating-point")]
    [InlineData("""{"num_bits": 4, "strategy": "group", "group_size": 32, "actorder": "group"}""", "actorder")]
    public void Open_OfAnotherScheme_NamesIt(string scheme, string part) => Refuses<NotSupportedException>(Config(scheme), Tensors(), part);

    [Theory]
    [InlineData("format", "\"marlin-24\"", "marlin-24")]
    [InlineData("quant_method", "\"hqq\"", "hqq")]
    [InlineData("quantization_status", "\"frozen\"", "frozen")]
    [InlineData("sparsity_config", """{"format": "sparse-bitmask"}""", "sparse-bitmask")]
    [InlineData("config_groups", """{"NVFP4": ["Linear"]}""", "NVFP4")]
    public void Open_OfAnotherConfig_NamesIt(string key, string value, string part)
    {
        var config = Config(Group4);
        config[key] = JsonNode.Parse(value);
        Refuses<NotSupportedException>(config, Tensors(), part);
    }

    [Theory]
    [InlineData("ignore", "\"lm_head\"")]
    [InlineData("ignore", """["re:["]""")]
    [InlineData("config_groups", "[]")]
    [InlineData("format", "4")]
    public void Open_OfAMisshapenConfig_NamesTheKey(string key, string value)
    {
        var config = Config(Group4);
        config[key] = JsonNode.Parse(value);
        Refuses<InvalidDataException>(config, Tensors(), key);
    }

    [Fact]
    public void Open_OfDamagedTensors_NamesThem()
    {
        foreach (string part in (string[])["weight_scale", "weight_shape"])
        {
            var tensors = Tensors();
            tensors.Remove($"{Module}.{part}");
            Refuses<InvalidDataException>(Config(Group4), tensors, part);
        }

        var shape = Tensors();
        shape[$"{Module}.weight_shape"].AsSpan<long>()[1] = 128;
        Refuses<InvalidDataException>(Config(Group4), shape, Module);
        shape[$"{Module}.weight_shape"].AsSpan<long>()[1] = long.MaxValue;
        Refuses<InvalidDataException>(Config(Group4), shape, "weight_shape");
        var scale = Tensors();
        scale[$"{Module}.weight_scale"].AsSpan<float>()[3] = float.PositiveInfinity;
        Refuses<InvalidDataException>(Config(Group4), scale, "scale");
        var type = Tensors();
        type[$"{Module}.weight_scale"] = Tensor.Allocate(ElementType.I32, new Shape(8, 2));
        Refuses<InvalidDataException>(Config(Group4), type, "I32");
        var order = Tensors();
        order[$"{Module}.weight_g_idx"] = Tensor.Allocate(ElementType.I32, new Shape(64));
        Refuses<NotSupportedException>(Config(Group4), order, "weight_g_idx");
    }

    [Theory]
    [InlineData("""["re:.*mlp"]""")]
    [InlineData("""["model.layers.0.mlp.up_proj"]""")]
    [InlineData("""["Linear"]""")]
    [InlineData("""["re:model.language_model.layers.0.mlp"]""")]
    public void Open_OfAQuantisedModuleThatIsIgnored_Refuses(string ignore)
    {
        var config = Config(Group4);
        config["ignore"] = JsonNode.Parse(ignore);
        Refuses<InvalidDataException>(config, Tensors(), "no config group");
    }

    [Theory]
    [InlineData("""["lm_head", "re:layers", "mlp.up_proj", "model.layers.0.mlp", "Embedding"]""")]
    [InlineData("null")]
    public void Open_OfPatternsThatDoNotMatch_Reads(string ignore)
    {
        var config = Config(Group4);
        config["ignore"] = JsonNode.Parse(ignore);
        Assert.Equal("int4:32", Read(config, Tensors()));
    }

    [Fact]
    public void Open_OfSeveralGroups_TakesTheClosest()
    {
        var config = Config(Group4);
        var groups = config["config_groups"]!.AsObject();
        groups["first"] = JsonNode.Parse("""{"targets": ["Linear"], "weights": {"num_bits": 8}}""");
        groups["group_0"]!["targets"] = new JsonArray("re:model.*up_proj");
        Assert.Equal("int4:32", Read(config, Tensors()));
        groups["second"] = new JsonObject { ["targets"] = new JsonArray(Module), ["weights"] = new JsonObject { ["num_bits"] = 8 } };
        Refuses<InvalidDataException>(config, Tensors(), Module);
    }

    [Fact]
    public void Open_OfAFloatingPointWeightThatTheConfigQuantises_Refuses()
    {
        var tensors = new Dictionary<string, Tensor> { [Module + ".weight"] = Tensor.Allocate(8, 64) };
        Refuses<InvalidDataException>(Config(Group4), tensors, Module);
        var config = Config(Group4);
        config["ignore"] = new JsonArray("re:.*up_proj");
        Assert.Equal("f32", Read(config, tensors));
    }

    [Fact]
    public void Open_OfScalesForRowsOrTheWholeMatrix_RepeatsThem()
    {
        foreach (var (scheme, scales) in new[] { ("""{"num_bits": 8}""", Tensor.From([0.5f], 1)), ("""{"num_bits": 8, "strategy": "channel"}""", Tensor.From([.. Enumerable.Repeat(0.5f, 8)], 8, 1)) })
        {
            var codes = Tensor.Allocate(ElementType.I8, new Shape(8, 200));
            codes.AsSpan<sbyte>().Fill(-128);
            var config = Config(scheme);
            config["format"] = "int-quantized";
            var weights = Open(config, new() { [Module + ".weight"] = codes, [Module + ".weight_scale"] = scales, [Module + ".input_scale"] = Tensor.Allocate(1) });
            using var matrix = weights.At("lm").At("layers").At(0).At("mlp").At("up_proj").Matrix("weight", 8, 200);
            using var packed = matrix.Pack(_compute.Workers, null);
            Assert.Equal("int8:128", $"{packed.Format}");
            weights.CheckAllTaken();
        }
    }

    [Fact]
    public void Find_OfBitsandbytes_NamesIt() =>
        Refuses<NotSupportedException>(JsonNode.Parse("""{"load_in_4bit": true}""")!.AsObject(), Tensors(), "bitsandbytes");

    [Fact]
    public void Stored_OfAQuantisedWeight_SaysSo()
    {
        var weights = Open(Config(Group4), Tensors()).At("lm").At("layers").At(0).At("mlp").At("up_proj");
        Assert.True(weights.Has("weight"));
        Assert.Contains("quantised", Assert.Throws<InvalidDataException>(() => weights.Stored("weight", 8, 64)).Message, StringComparison.Ordinal);
        Assert.Contains("[8, 64]", Assert.Throws<InvalidDataException>(() => weights.Matrix("weight", 8, 32)).Message, StringComparison.Ordinal);
    }

    private static JsonObject Config(string scheme) => new()
    {
        ["quant_method"] = "compressed-tensors",
        ["format"] = "pack-quantized",
        ["ignore"] = new JsonArray("lm_head"),
        ["config_groups"] = new JsonObject { ["group_0"] = new JsonObject { ["targets"] = new JsonArray("Linear"), ["weights"] = JsonNode.Parse(scheme) } },
    };

    private static Dictionary<string, Tensor> Tensors()
    {
        var shape = Tensor.Allocate(ElementType.I64, new Shape(2));
        (shape.AsSpan<long>()[0], shape.AsSpan<long>()[1]) = (8, 64);
        return new Dictionary<string, Tensor>
        {
            [Module + ".weight_packed"] = Tensor.Allocate(ElementType.I32, new Shape(8, 8)),
            [Module + ".weight_scale"] = Tensor.From([.. Enumerable.Repeat(0.5f, 16)], 8, 2),
            [Module + ".weight_shape"] = shape,
        };
    }

    private WeightReader Open(JsonObject quantization, Dictionary<string, Tensor> tensors)
    {
        string file = Path.Combine(_folder, "model.safetensors");
        SafetensorsWriter.Write(file, tensors);
        File.WriteAllText(Path.Combine(_folder, "config.json"), new JsonObject { ["quantization_config"] = quantization.DeepClone() }.ToJsonString());
        return WeightNames.Open(
            [new StoredFiles(CheckpointFolder.Open(_folder), SafetensorsReader.Open(file), [("model.language_model.", "lm."), ("model.", "lm.")])], LoadOptions.Default, _ => false);
    }

    private string Read(JsonObject quantization, Dictionary<string, Tensor> tensors)
    {
        var weights = Open(quantization, tensors);
        using var matrix = weights.At("lm").At("layers").At(0).At("mlp").At("up_proj").Matrix("weight", 8, 64);
        using var packed = matrix.Pack(_compute.Workers, null);
        weights.CheckAllTaken();
        return $"{packed.Format}";
    }

    private void Refuses<T>(JsonObject quantization, Dictionary<string, Tensor> tensors, string part)
        where T : Exception =>
        Assert.Contains(part, Assert.Throws<T>(() => Read(quantization, tensors)).Message, StringComparison.Ordinal);
}
