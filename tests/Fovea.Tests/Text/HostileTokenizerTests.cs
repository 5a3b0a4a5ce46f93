using System.Text;
using Fovea.Text;

namespace Fovea.Tests.Text;

[Trait("kind", "property")]
public sealed class HostileTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-hostile-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("{}", "\"model\"")]
    [InlineData("""{"model": 5}""", "model")]
    [InlineData("""{"model": {"type": "WordPiece"}}""", "WordPiece")]
    [InlineData("""{"model": {"type": "BPE"}}""", "vocab")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "model.vocab.a")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}}""", "2000000000")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 1.5}, "merges": []}}""", "model.vocab.a")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}""", "\"b\"")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}""", "\"ab\"")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""", "merges[0]")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}""", "merges[0]")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": [], "unk_token": "u"}}""", "unk_token")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "normalizer": {"type": "BertNormalizer"}}""", "BertNormalizer")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Removed"}}""", "(a+)+b")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "decoder": {"type": "CTC"}}""", "CTC")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "post_processor": {"type": "TemplateProcessing", "single": [], "special_tokens": {}}}""", "post_processor")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "added_tokens": [{"content": "x"}]}""", "added_tokens[0]")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}}""", "Unicode")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a"]]}}""", "vocab[0]")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [], "unk_id": 7}}""", "unk_id")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "////fw=="}}""", "precompiled_charsmap")]
    public void Load_OfABrokenTokenizerJson_NamesFileAndReason(string content, string reason)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), content);

        var error = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_folder));

        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""{"bos_token": []}""")]
    [InlineData("""{"added_tokens_decoder": {"x": "y"}}""")]
    [InlineData("""{"added_tokens_decoder": {"99999999": "y"}}""")]
    [InlineData("""{"add_bos_token": "yes"}""")]
    public void Load_OfABrokenConfiguration_NamesTheFile(string content)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), """{"model": {"type": "BPE", "vocab": {}, "merges": []}}""");
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), content);

        Assert.Contains("tokenizer_config.json", Assert.Throws<InvalidDataException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OfManyEqualCharacters_EndsSoon()
    {
        foreach (string name in Samples.Names)
        {
            var tokenizer = Samples.Tokenizer(name);
            foreach (string unit in (string[])["a", " ", "\n", "日", "😀", "'", "<"])
            {
                Assert.True(tokenizer.Count(new StringBuilder().Insert(0, unit, 20_000).ToString()) >= 0);
            }
        }
    }
}
