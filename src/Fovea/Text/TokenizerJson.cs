using Fovea.Text.Decoders;
using Fovea.Text.Normalizers;
using Fovea.Text.PreTokenizers;
using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Reads <c>tokenizer.json</c>.</summary>
internal static class TokenizerJson
{
    /// <summary>Reads the file and applies what the class named in the configuration changes.</summary>
    public static PipelineTokenizer Load(string path, TokenizerConfig config)
    {
        var root = JsonField.Load(path);
        if (!root.IsObject)
        {
            throw root.Error("must be an object");
        }

        var (vocabulary, model) = ModelReader.Read(root.Required("model"));
        var (before, after) = PostProcessorReader.Read(root.Optional("post_processor"));
        var pipeline = new TokenizerPipeline
        {
            Vocabulary = vocabulary,
            Model = model,
            Normalizers = NormalizerReader.Read(root.Optional("normalizer")),
            PreTokenizers = PreTokenizerReader.Read(root.Optional("pre_tokenizer")),
            Decoder = DecoderReader.Read(root.Optional("decoder")),
            Before = before,
            After = after,
        };
        var added = new AddedTokenList(vocabulary);
        foreach (var item in root.Optional("added_tokens")?.Items() ?? [])
        {
            var id = item.Required("id");
            added.Put(AddedToken.Read(item, special: false, ModelReader.CheckId(id, id.Integer())));
        }

        return Create(pipeline, added, config);
    }

    /// <summary>Adds the tokens that the configuration names and applies the rules of its class.</summary>
    public static PipelineTokenizer Create(TokenizerPipeline pipeline, AddedTokenList added, TokenizerConfig config)
    {
        foreach (var token in config.Added)
        {
            added.Put(token with { Id = -1 });
        }

        added.AddMissing(config.Special);
        if (config.ClassName == "LlamaTokenizer")
        {
            pipeline = pipeline with { Before = Around(config.AddBos, "bos_token", added, config), After = Around(config.AddEos, "eos_token", added, config) };
        }
        else if (config.ClassName == "CLIPTokenizer")
        {
            var decoder = pipeline.Decoder;
            pipeline = pipeline with { Decoder = eager => [.. decoder(eager), new ReplaceStep("</w>", " "), new TrimStep()] };
        }

        return new PipelineTokenizer(pipeline, added.Tokens, config);
    }

    private static int[] Around(bool wanted, string name, AddedTokenList added, TokenizerConfig config) =>
        wanted && config.Named(name) is { } token ? [added.IdOf(token.Content)] : [];
}
