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
        if (File.Exists(json))
        {
            return TokenizerJson.Load(json, config);
        }

        throw new FileNotFoundException($"{folder} holds no tokenizer.json, no tokenizer.model or spiece.model, and no vocab.json with merges.txt", json);
    }
}
