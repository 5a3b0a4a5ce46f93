using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Fovea.Tests.Cli;

/// <summary>Whatever is wrong with what the user gives: one clear line on the error stream, exit code 2, nothing on the output, no stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Ask_OfAFileThatIsNoPicture_SaysSo() => Refused(AskAbout("words.png", Encoding.UTF8.GetBytes("this is not a picture")), "words.png");

    [Fact]
    public void Ask_OfATruncatedPicture_SaysSo()
    {
        byte[] whole = File.ReadAllBytes(CommandLine.Picture);
        foreach (int length in (int[])[1, 8, 20, 33, 1000, whole.Length / 2])
        {
            Refused(AskAbout($"cut{length}.png", whole[..length]), $"cut{length}.png");
        }
    }

    [Fact]
    public void Ask_OfATruncatedJpeg_SaysSo()
    {
        byte[] whole = File.ReadAllBytes(Repository.Path("models/foveola/demo/demo4.jpg"));
        foreach (int length in (int[])[1, 3, 100, 400])
        {
            Refused(AskAbout($"cut{length}.jpg", whole[..length]), $"cut{length}.jpg");
        }
    }

    [Fact]
    public void Ask_OfAHugeHeader_SaysTheSize()
    {
        byte[] bytes = File.ReadAllBytes(CommandLine.Picture);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), Crc(bytes.AsSpan(12, 17)));
        Refused(AskAbout("huge.png", bytes), "huge.png", "60000");
    }

    [Fact]
    public void Ask_OfAnEmptyFile_SaysSo() => Refused(AskAbout("empty.png", []), "empty.png");

    [Fact]
    public void Ask_OfAMissingFile_NamesIt() => Refused(CommandLine.Run("ask", "nowhere.png", "What is it?", "--model", CommandLine.Model), "nowhere.png");

    [Fact]
    public void Ask_OfAFolder_NamesIt() => Refused(CommandLine.Run("ask", _folder, "What is it?", "--model", CommandLine.Model), _folder);

    [Fact]
    public void Ask_WithoutAQuestion_SaysHow() => Refused(CommandLine.Run("ask", CommandLine.Picture, "--model", CommandLine.Model), "question is missing");

    [Fact]
    public void Ask_OfAnEmptyQuestion_SaysSo() => Refused(CommandLine.Run("ask", CommandLine.Picture, " ", "--model", CommandLine.Model), "question is missing");

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("200%")]
    [InlineData("0%")]
    [InlineData("1.5")]
    [InlineData("many")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public void Ask_WithABudgetOutOfRange_SaysWhatWouldBeRight(string keep) => Refused(CommandLine.Ask("--method", "fastv", "--keep", keep), keep, "36", "25%");

    [Fact]
    public void Ask_OfAnUnknownMethod_SuggestsTheNearest() => Refused(CommandLine.Ask("--method", "fastvlm", "--keep", "36"), "fastvlm", "did you mean fastervlm?");

    [Fact]
    public void Ask_OfAnUnknownMethodOption_ListsTheKnown() => Refused(CommandLine.Ask("--method", "fastv", "--keep", "36", "--set", "k=2"), "'k'", "fastv_k");

    [Fact]
    public void Ask_OfAMethodOptionOutOfRange_NamesIt() => Refused(CommandLine.Ask("--method", "fastv", "--keep", "36", "--set", "fastv_k=99"), "fastv_k", "99", "6 layers");

    [Fact]
    public void Ask_OfAMethodOptionOfAnotherType_NamesIt() => Refused(CommandLine.Ask("--method", "fastv", "--keep", "36", "--set", "fastv_k=two"), "fastv_k", "two");

    [Theory]
    [InlineData("fastv_k")]
    [InlineData("=2")]
    public void Ask_OfAnOptionWithoutValue_SaysTheForm(string set) => Refused(CommandLine.Ask("--method", "fastv", "--keep", "36", "--set", set), set, "name=value");

    [Fact]
    public void Ask_WithABudgetButNoMethod_AsksForOne() => Refused(CommandLine.Ask("--keep", "36"), "--method");

    [Fact]
    public void Ask_WithAMethodButNoBudget_AsksForOne() => Refused(CommandLine.Ask("--method", "fastv"), "fastv", "budget");

    [Theory]
    [InlineData("--max-tokens", "0")]
    [InlineData("--temperature", "-1")]
    [InlineData("--top-p", "0")]
    [InlineData("--seed", "x")]
    [InlineData("--positions", "shuffle")]
    [InlineData("--colour=red", "--colour=red")]
    [InlineData("-x", "-x")]
    public void Ask_WithAnOptionThatIsWrong_NamesItsValue(string option, string value) => Refused(CommandLine.Ask(option, value), value);

    [Fact]
    public void Ask_LongerThanTheContext_SaysBothLengths() => Refused(
        CommandLine.Run("ask", CommandLine.Picture, string.Concat(Enumerable.Repeat("What word is on the sign? ", 400)), "--model", CommandLine.Model), "context", "1024");

    [Fact]
    public void Model_ThatIsMissing_IsNamed() => Refused(CommandLine.Run("inspect", Path.Combine(_folder, "none")), "none");

    [Fact]
    public void Model_WithoutConfig_SaysSo() => Refused(CommandLine.Run("inspect", _folder), "config.json");

    [Fact]
    public void Model_WithoutWeights_SaysSo()
    {
        string model = CopyOfModel();
        File.Delete(Path.Combine(model, "model.safetensors"));
        Refused(CommandLine.Run("inspect", model), "model.safetensors");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(4000)]
    [InlineData(1_000_000)]
    public void Model_WithTruncatedWeights_SaysSo(int length)
    {
        string model = CopyOfModel();
        using (var file = File.OpenWrite(Path.Combine(model, "model.safetensors")))
        {
            file.SetLength(length);
        }

        Refused(CommandLine.Run("inspect", model), "model.safetensors");
    }

    [Theory]
    [InlineData("model_type")]
    [InlineData("vision_config")]
    [InlineData("text_config")]
    public void Model_WithoutANeededKey_NamesIt(string key)
    {
        string model = CopyOfModel();
        Edit(model, config => config.Remove(key));
        Refused(CommandLine.Run("inspect", model), key, "config.json");
    }

    [Theory]
    [InlineData("text_config", "hidden_size")]
    [InlineData("text_config", "num_hidden_layers")]
    [InlineData("vision_config", "patch_size")]
    public void Model_WithoutASize_NamesWhatDoesNotFitItsDefault(string section, string key)
    {
        string model = CopyOfModel();
        Edit(model, config => ((JsonObject)config[section]!).Remove(key));
        Refused(CommandLine.Run("inspect", model), "weight");
    }

    [Fact]
    public void Model_OfAnUnknownType_ListsTheKnown()
    {
        string model = CopyOfModel();
        Edit(model, config => config["model_type"] = "flamingo");
        Refused(CommandLine.Run("inspect", model), "flamingo", "llava");
    }

    [Fact]
    public void Model_OfAnotherShapeThanItsConfig_NamesTheWeight()
    {
        string model = CopyOfModel();
        Edit(model, config => config["text_config"]!["intermediate_size"] = 400);
        Refused(CommandLine.Run("inspect", model), "mlp", "400");
    }

    [Fact]
    public void Model_WithBrokenJson_NamesTheFile()
    {
        string model = CopyOfModel();
        File.WriteAllText(Path.Combine(model, "config.json"), "{ \"model_type\": ");
        Refused(CommandLine.Run("inspect", model), "config.json");
    }

    [Fact]
    public void Methods_OfAnUnknownName_SuggestsTheNearest() => Refused(CommandLine.Run("methods", "divprun"), "did you mean divprune?");

    [Fact]
    public void Program_OfAnUnknownCommand_SaysHowToGetHelp() => Refused(CommandLine.Run("aks"), "aks", "--help");

    [Fact]
    public void Program_WithoutACommand_SaysHowToGetHelp() => Refused(CommandLine.Run(), "--help");

    [Fact]
    public void Verbose_AfterAnError_ShowsWhereItCameFrom()
    {
        var run = CommandLine.Run("ask", "nowhere.png", "What is it?", "--model", CommandLine.Model, "--verbose");
        Assert.Equal(2, run.Code);
        Assert.Contains("   at Fovea.", run.Error, StringComparison.Ordinal);
    }

    private static void Refused(CommandLine run, params string[] parts)
    {
        Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}");
        Assert.Equal("", run.Out);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("fovea: ", run.Error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, run.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static void Edit(string model, Action<JsonObject> change)
    {
        string path = Path.Combine(model, "config.json");
        var config = (JsonObject)JsonNode.Parse(File.ReadAllText(path))!;
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }

    /// <summary>The checksum of a PNG chunk (ISO 3309), bit by bit.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }

    private CommandLine AskAbout(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return CommandLine.Run("ask", path, "What word is on the sign?", "--model", CommandLine.Model);
    }

    private string CopyOfModel()
    {
        string copy = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        foreach (string file in Directory.EnumerateFiles(CommandLine.Model))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }
}
