namespace Fovea.Text.PreTokenizers;

/// <summary>Reads the block <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    private const string Contractions = "'s|'t|'re|'ve|'m|'ll|'d";
    private const string WordTail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string WordHead = "(?i:" + Contractions + @")|[^\r\n\p{L}\p{N}]?\p{L}+|";

    /// <summary>The steps in order; none for an absent block.</summary>
    public static PreTokenizer[] Read(JsonField? block)
    {
        var steps = new List<PreTokenizer>();
        if (block is { } field)
        {
            Append(field, steps);
        }

        return [.. steps];
    }

    private static void Append(JsonField field, List<PreTokenizer> steps)
    {
        string type = field.Required("type").Text();
        if (type == "Sequence")
        {
            foreach (var item in field.Required("pretokenizers").Items())
            {
                Append(item, steps);
            }

            return;
        }

        steps.Add(type switch
        {
            "ByteLevel" => new ByteLevelPreTokenizer(field.Flag("add_prefix_space", absent: true), field.Flag("use_regex", absent: true)),
            "Split" => new SplitPreTokenizer(ReadPattern(field.Required("pattern")), Behavior(field.Required("behavior")), field.Flag("invert")),
            "Metaspace" => Metaspace(field),
            "Digits" => new SplitPreTokenizer(
                new NumberPattern(), field.Flag("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false),
            _ => throw field.Error($"asks for the pre-tokenizer \"{type}\", which is not supported"),
        });
    }

    private static Pattern ReadPattern(JsonField field)
    {
        if (field.Optional("String") is { } literal)
        {
            return new LiteralPattern(literal.Text());
        }

        string expression = field.Required("Regex").Text();
        return expression switch
        {
            WordHead + @"\p{N}" + WordTail => new WordPattern(digits: 1),
            WordHead + @"\p{N}{1,3}" + WordTail => new WordPattern(digits: 3),
            Contractions + @"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+" => new Gpt2Pattern(),
            Contractions + @"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+" => new ClipPattern(),
            _ => throw field.Error($"is the expression {expression}, which is not among those of the supported families (GPT-2, CLIP, Llama 3, Qwen)"),
        };
    }

    private static SplitBehavior Behavior(JsonField field) =>
        Enum.TryParse(field.Text(), out SplitBehavior behavior) && Enum.GetName(behavior) == field.Text()
            ? behavior
            : throw field.Error($"is \"{field.Text()}\"; expected Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");

    private static MetaspacePreTokenizer Metaspace(JsonField field)
    {
        bool always = field.Flag("add_prefix_space", absent: true);
        string scheme = field.Optional("prepend_scheme")?.Text() ?? (always ? "always" : "never");
        return new MetaspacePreTokenizer(Replacement(field), scheme switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw field.Error($"has the prepend_scheme \"{scheme}\"; expected always, first or never"),
        }, field.Flag("split", absent: true));
    }

    /// <summary>The visible blank of a Metaspace block.</summary>
    public static char Replacement(JsonField field)
    {
        string text = field.Optional("replacement")?.Text() ?? "▁";
        return text.Length == 1 ? text[0] : throw field.Error("must have a replacement of one character");
    }
}
