using System.Text.Json;
using Fovea.Text;

namespace Fovea.Tests.Text;

[Trait("kind", "reference")]
public sealed class VocabularyFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-vocabulary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("tests/golden/checkpoints/qwen2-vl-tiny")]
    [InlineData("tests/golden/checkpoints/internvl3-tiny")]
    [InlineData("tests/golden/tokenizer/qwen2-bpe")]
    [InlineData("tests/golden/tokenizer/clip-bpe")]
    public void Load_OfVocabularyAndMerges_EncodesAsTokenizerJsonDoes(string folder)
    {
        string source = Repository.Path(folder);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(source, "tokenizer.json")));
        var model = json.RootElement.GetProperty("model");
        File.WriteAllText(Path.Combine(_folder, "vocab.json"), model.GetProperty("vocab").GetRawText());
        var merges = model.GetProperty("merges").EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.String ? merge.GetString() : $"{merge[0]} {merge[1]}");
        File.WriteAllLines(Path.Combine(_folder, "merges.txt"), ["#version: 0.2", .. merges.OfType<string>()]);
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), WithAddedTokens(source, json.RootElement));
        var whole = Tokenizer.Load(source);

        var built = Tokenizer.Load(_folder);

        var random = new Random(21);
        for (int round = 0; round < 300; round++)
        {
            string text = Samples.Text(random);
            int[] ids = built.Encode(text);
            Assert.Equal(whole.Encode(text), ids);
            Assert.Equal(whole.Decode(ids), built.Decode(ids));
        }
    }

    [Fact]
    public void Load_OfLlamaWithAddPrefixSpace_ConvertsTheModelFile()
    {
        string source = Repository.Path("tests/golden/tokenizer/llama-spm-legacy");
        File.Copy(Path.Combine(source, "tokenizer.model"), Path.Combine(_folder, "tokenizer.model"));
        File.Copy(Repository.Path("tests/golden/tokenizer/llama-bpe/tokenizer.json"), Path.Combine(_folder, "tokenizer.json"));
        string config = File.ReadAllText(Path.Combine(source, "tokenizer_config.json"));
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config.Replace("\"legacy\": true", "\"legacy\": true, \"add_prefix_space\": true", StringComparison.Ordinal));
        var expected = Tokenizer.Load(Repository.Path("tests/golden/tokenizer/llama-bpe-legacy"));

        var converted = Tokenizer.Load(_folder);

        var random = new Random(22);
        for (int round = 0; round < 300; round++)
        {
            string text = Samples.Text(random).Replace("<image>", "", StringComparison.Ordinal);
            Assert.Equal(expected.Encode(text), converted.Encode(text));
        }
    }

    private static string WithAddedTokens(string source, JsonElement root)
    {
        var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(source, "tokenizer_config.json"))).RootElement.EnumerateObject()
            .Where(entry => entry.Name != "added_tokens_decoder").Select(entry => $"{JsonSerializer.Serialize(entry.Name)}: {entry.Value.GetRawText()}");
        var added = root.GetProperty("added_tokens").EnumerateArray().Select(token => $"\"{token.GetProperty("id")}\": {token.GetRawText()}");
        return $$"""{ {{string.Join(",", config)}}, "added_tokens_decoder": { {{string.Join(",", added)}} } }""";
    }
}
