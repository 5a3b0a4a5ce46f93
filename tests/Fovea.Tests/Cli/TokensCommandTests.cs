using System.Text.Json;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class TokensCommandTests
{
    [Fact]
    public void Tokens_OfAText_CoverIt()
    {
        const string text = "What word is on the sign?";
        var result = CommandLine.Run("tokens", Repository.Path("models/foveola/model"), text, "--json");
        Assert.Equal(0, result.Code);
        using var tokens = JsonDocument.Parse(result.Out);
        Assert.Equal(text, string.Concat(tokens.RootElement.EnumerateArray().Select(token => token.GetProperty("text").GetString())));
    }

    [Fact]
    public void Tokens_OfAFolderWithoutTokenizer_SaysSo()
    {
        var result = CommandLine.Run("tokens", Repository.Path("docs"), "hello");
        Assert.Equal(2, result.Code);
        Assert.Contains("tokenizer.json", result.Error, StringComparison.Ordinal);
    }
}
