using Fovea.Text;

namespace Fovea.Tests.Text;

[Trait("kind", "end-to-end")]
public sealed class TokenizerLoadTests
{
    public static TheoryData<string> Folders => new(
        Directory.EnumerateFiles(Repository.Path("tests/golden"), "tokenizer_config.json", SearchOption.AllDirectories)
            .Append(Repository.Path("models/foveola/model/tokenizer_config.json"))
            .Select(path => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path) ?? ""))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfEveryCheckpoint_NamesItsEndToken(string folder)
    {
        var tokenizer = Tokenizer.Load(Repository.Path(folder));

        int eos = Assert.NotNull(tokenizer.EosId);
        Assert.InRange(eos, 0, tokenizer.VocabularySize - 1);
        Assert.True(tokenizer.IsSpecial(eos));
        Assert.Equal(eos, tokenizer.IdOf(tokenizer.TokenOf(eos) ?? ""));
    }

    [Fact]
    public void Load_OfAFolderWithoutFiles_SaysWhichFilesAreMissing()
    {
        var error = Assert.Throws<FileNotFoundException>(() => Tokenizer.Load(Repository.Path("eng")));

        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }
}
