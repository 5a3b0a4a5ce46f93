using Fovea.Text.Decoders;
using Fovea.Text.Normalizers;
using Fovea.Text.PreTokenizers;
using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>; the pipeline around them is that of the tokenizer class.</summary>
internal static class VocabularyFiles
{
    /// <summary>Reads the files under the rules of the class that the configuration names.</summary>
    public static PipelineTokenizer Load(string vocabularyPath, string mergesPath, TokenizerConfig config)
    {
        var vocabulary = new Vocabulary(ModelReader.Ids(JsonField.Load(vocabularyPath)));
        var merges = Merges(mergesPath);
        var added = new AddedTokenList(vocabulary, keepWrittenIds: true);
        foreach (var token in config.Added)
        {
            added.Put(token);
        }

        return config.ClassName switch
        {
            "Qwen2Tokenizer" => Qwen2(vocabulary, merges, mergesPath, added, config),
            "CLIPTokenizer" => Clip(vocabulary, merges, mergesPath, added, config),
            _ => throw new InvalidDataException(
                $"{vocabularyPath}: vocab.json needs the tokenizer_class Qwen2Tokenizer or CLIPTokenizer in tokenizer_config.json; it is \"{config.ClassName}\""),
        };
    }

    private static PipelineTokenizer Qwen2(
        Vocabulary vocabulary, List<(string Left, string Right)> merges, string path, AddedTokenList added, TokenizerConfig config) =>
        TokenizerJson.Create(new TokenizerPipeline
        {
            Vocabulary = vocabulary,
            Model = ModelReader.Build(vocabulary, merges, new BytePairOptions(), path),
            Normalizers = [new UnicodeNormalizer(compose: true, compatible: false)],
            PreTokenizers = [new SplitPreTokenizer(new WordPattern(digits: 1), SplitBehavior.Isolated, invert: false), new ByteLevelPreTokenizer(false, false)],
            Decoder = _ => [new ByteLevelStep()],
        }, added, config);

    private static PipelineTokenizer Clip(
        Vocabulary vocabulary, List<(string Left, string Right)> merges, string path, AddedTokenList added, TokenizerConfig config)
    {
        int Special(string name)
        {
            string content = config.Named(name)?.Content ?? throw new InvalidDataException($"{path}: a CLIP tokenizer needs a {name}");
            added.AddMissing([new AddedToken(content) { Special = true, Normalized = true }]);
            return added.IdOf(content);
        }

        int bos = Special("bos_token"), eos = Special("eos_token");
        string unknown = config.Named("unk_token")?.Content ?? "";
        var options = new BytePairOptions(vocabulary.IdOf(unknown), WordSuffix: "</w>");
        return TokenizerJson.Create(new TokenizerPipeline
        {
            Vocabulary = vocabulary,
            Model = ModelReader.Build(vocabulary, merges, options, path),
            Normalizers = [new UnicodeNormalizer(compose: true, compatible: false), new SpaceRunNormalizer(" "), new LowercaseNormalizer()],
            PreTokenizers = [new SplitPreTokenizer(new ClipPattern(), SplitBehavior.Removed, invert: true), new ByteLevelPreTokenizer(false, true)],
            Decoder = _ => [new ByteLevelStep()],
            Before = [bos],
            After = [eos],
        }, added, config);
    }

    private static List<(string Left, string Right)> Merges(string path)
    {
        var merges = new List<(string, string)>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if ((number == 1 && line.StartsWith("#version", StringComparison.Ordinal)) || line.Length == 0)
            {
                continue;
            }

            string[] halves = line.Split(' ');
            merges.Add(halves is [{ Length: > 0 } left, { Length: > 0 } right]
                ? (left, right)
                : throw new InvalidDataException($"{path}: line {number} must be two tokens with one blank between them"));
        }

        return merges;
    }
}
