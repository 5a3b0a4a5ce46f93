using Fovea.Text.SentencePiece;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Chooses the tokenizer files of a checkpoint folder.</summary>
internal static class TokenizerFiles
{
    /// <summary>Reads the tokenizer of <paramref name="folder"/>.</summary>
    public static Tokenizer Load(string folder)
    {
        var config = TokenizerConfig.Load(folder);
        string json = Path.Combine(folder, "tokenizer.json");
        string? pieces = Existing(folder, "tokenizer.model") ?? Existing(folder, "spiece.model");
        bool convert = pieces is not null && config.ClassName == "LlamaTokenizer" && config.AddPrefixSpace is not null;
        if (File.Exists(json) && !(pieces is not null && SentencePieceFamilies.HasNoFastClass(config.ClassName)))
        {
            return convert && pieces is not null ? LlamaConversion.Load(pieces, config) : TokenizerJson.Load(json, config);
        }

        if (pieces is not null)
        {
            return SentencePieceFamilies.Load(pieces, config);
        }

        if (Existing(folder, "vocab.json") is { } vocabulary && Existing(folder, "merges.txt") is { } merges)
        {
            return VocabularyFiles.Load(vocabulary, merges, config);
        }

        throw new FileNotFoundException($"{folder} holds no tokenizer.json, no tokenizer.model or spiece.model, and no vocab.json with merges.txt", json);
    }

    private static string? Existing(string folder, string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
}
