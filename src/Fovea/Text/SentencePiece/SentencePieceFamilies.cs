using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>Makes the tokenizer of a SentencePiece file.</summary>
internal static class SentencePieceFamilies
{
    /// <summary>Whether the class always reads SentencePiece files, even beside a <c>tokenizer.json</c>.</summary>
    public static bool HasNoFastClass(string className) => className is "SiglipTokenizer" or "InternLM2Tokenizer";

    /// <summary>Reads <paramref name="path"/> under the rules of the class that the configuration names; without one, of Llama.</summary>
    public static Tokenizer Load(string path, TokenizerConfig config)
    {
        var model = new SentencePieceModel(SentencePieceFile.Load(path));
        var added = new AddedTokenList(model.Vocabulary, keepWrittenIds: true);
        foreach (var token in config.Added)
        {
            added.Put(token);
        }

        added.AddMissing(config.Special.Select(token => config.ClassName == "SiglipTokenizer" ? token with { LeftStrip = true, RightStrip = true } : token));
        return config.ClassName switch
        {
            "LlamaTokenizer" or "" => new LlamaPieceTokenizer(model, added, config),
            "InternLM2Tokenizer" => new InternLm2Tokenizer(model, added, config),
            "SiglipTokenizer" => new SiglipTokenizer(model, added, config),
            _ => throw new InvalidDataException($"{path} belongs to the class {config.ClassName}, which is not supported with SentencePiece files (Llama, InternLM2 and SigLIP are)"),
        };
    }
}
