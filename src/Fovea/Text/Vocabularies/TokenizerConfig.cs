namespace Fovea.Text.Vocabularies;

/// <summary>What <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> say. Absent files leave the defaults.</summary>
internal sealed class TokenizerConfig
{
    private static readonly string[] Names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, AddedToken> _named = new(StringComparer.Ordinal);

    private TokenizerConfig(JsonField? config, JsonField? map)
    {
        string name = config?.Optional("tokenizer_class")?.Text() ?? "";
        ClassName = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        AddBos = config?.Flag("add_bos_token", absent: true) ?? true;
        AddEos = config?.Flag("add_eos_token") ?? false;
        CleanUpSpaces = config?.Flag("clean_up_tokenization_spaces") ?? false;
        Legacy = config?.Flag("legacy", absent: true) ?? true;
        LowerCase = config?.Flag("do_lower_case", absent: true) ?? true;
        SplitSpecialTokens = config?.Flag("split_special_tokens") ?? false;
        AddPrefixSpace = config?.Optional("add_prefix_space")?.Boolean();
        foreach (string key in Names)
        {
            ReadNamed(key, config, map);
        }

        Additional = (config?.Optional("additional_special_tokens") ?? map?.Optional("additional_special_tokens")) is { } list
            ? [.. list.Items().Select(item => AddedToken.Read(item, special: true))]
            : [];
        Extra = config?.Optional("extra_special_tokens") is { IsObject: true } extra
            ? [.. extra.Properties().Select(entry => (entry.Key, AddedToken.Read(entry.Value, special: true)))]
            : [];
    }

    /// <summary>The tokenizer class without the ending <c>Fast</c>; empty if none is named.</summary>
    public string ClassName { get; }

    /// <summary>Llama: begin with the bos token.</summary>
    public bool AddBos { get; }

    /// <summary>Llama: end with the eos token.</summary>
    public bool AddEos { get; }

    /// <summary>Remove blanks before English punctuation when decoding.</summary>
    public bool CleanUpSpaces { get; }

    /// <summary>Llama from SentencePiece: the older treatment of blanks.</summary>
    public bool Legacy { get; }

    /// <summary>SigLIP: lower-case the text.</summary>
    public bool LowerCase { get; }

    /// <summary>Special tokens in the text count as plain text.</summary>
    public bool SplitSpecialTokens { get; }

    /// <summary>Llama: whether a blank goes in front; null if the file does not say.</summary>
    public bool? AddPrefixSpace { get; }

    /// <summary>Further special tokens.</summary>
    public IReadOnlyList<AddedToken> Additional { get; }

    /// <summary>Special tokens with names of the model's own.</summary>
    public IReadOnlyList<(string Name, AddedToken Token)> Extra { get; }

    /// <summary>Tokens with the ids that the files write.</summary>
    public IReadOnlyList<AddedToken> Added { get; private init; } = [];

    /// <summary>All named special tokens in the order in which missing ones are added.</summary>
    public IEnumerable<AddedToken> Special =>
        Names.Where(_named.ContainsKey).Select(name => _named[name]).Concat(Extra.Select(entry => entry.Token)).Concat(Additional);

    /// <summary>The special tokens that have a name.</summary>
    public IEnumerable<(string Name, string Content)> NamedContents =>
        Names.Where(_named.ContainsKey).Select(name => (name, _named[name].Content)).Concat(Extra.Select(entry => (entry.Name, entry.Token.Content)));

    /// <summary>Reads the files of a folder.</summary>
    public static TokenizerConfig Load(string folder)
    {
        var config = LoadIfPresent(folder, "tokenizer_config.json");
        return new TokenizerConfig(config, LoadIfPresent(folder, "special_tokens_map.json")) { Added = ReadAdded(folder, config) };
    }

    /// <summary>The special token of a name such as <c>bos_token</c>; null if there is none.</summary>
    public AddedToken? Named(string name) => _named.GetValueOrDefault(name);

    private static JsonField? LoadIfPresent(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        var file = JsonField.Load(path);
        return file.IsObject ? file : throw file.Error("must be an object");
    }

    private static List<AddedToken> ReadAdded(string folder, JsonField? config)
    {
        var added = new List<AddedToken>();
        if (config?.Optional("added_tokens_decoder") is { } decoder)
        {
            foreach (var (key, value) in decoder.Properties())
            {
                int id = int.TryParse(key, out int parsed) ? parsed : throw value.Error("must have a token id as its key");
                added.Add(AddedToken.Read(value, special: false, SubwordModels.ModelReader.CheckId(value, id)));
            }
        }
        else if (LoadIfPresent(folder, "added_tokens.json") is { } file)
        {
            foreach (var (content, value) in file.Properties())
            {
                added.Add(new AddedToken(content, SubwordModels.ModelReader.CheckId(value, value.Integer())));
            }
        }

        added.Sort((a, b) => a.Id.CompareTo(b.Id));
        return added;
    }

    /// <summary>The names that a class has unless the files say otherwise.</summary>
    private static string? Default(string className, string key) => (className, key) switch
    {
        ("LlamaTokenizer" or "InternLM2Tokenizer", "bos_token") => "<s>",
        ("LlamaTokenizer" or "InternLM2Tokenizer" or "SiglipTokenizer", "eos_token") => "</s>",
        ("LlamaTokenizer" or "InternLM2Tokenizer" or "SiglipTokenizer", "unk_token") => "<unk>",
        ("InternLM2Tokenizer" or "SiglipTokenizer", "pad_token") => "</s>",
        ("Qwen2Tokenizer", "eos_token" or "unk_token" or "pad_token") => "<|endoftext|>",
        ("CLIPTokenizer", "bos_token") => "<|startoftext|>",
        ("CLIPTokenizer", "eos_token" or "unk_token" or "pad_token") => "<|endoftext|>",
        _ => null,
    };

    private void ReadNamed(string key, JsonField? config, JsonField? map)
    {
        if ((config?.Optional(key) ?? map?.Optional(key)) is { } field)
        {
            _named[key] = AddedToken.Read(field, special: true) with { Special = true };
        }
        else if (config?.Element.TryGetProperty(key, out _) != true && Default(ClassName, key) is { } content)
        {
            _named[key] = new AddedToken(content) { Special = true };
        }
    }
}
