using Fovea.Text.PreTokenizers;

namespace Fovea.Text.Decoders;

/// <summary>Reads the block <c>decoder</c> of a <c>tokenizer.json</c>.</summary>
internal static class DecoderReader
{
    /// <summary>What makes the steps for one run; the argument says whether they show text early.</summary>
    public static Func<bool, DecoderStep[]> Read(JsonField? block)
    {
        var makers = new List<Func<bool, DecoderStep>>();
        if (block is { } field)
        {
            Append(field, makers);
        }
        else
        {
            makers.Add(_ => new JoinStep());
        }

        return eager => [.. makers.Select(make => make(eager))];
    }

    private static void Append(JsonField field, List<Func<bool, DecoderStep>> makers)
    {
        string type = field.Required("type").Text();
        if (type == "Sequence")
        {
            foreach (var item in field.Required("decoders").Items())
            {
                Append(item, makers);
            }

            return;
        }

        makers.Add(type switch
        {
            "ByteLevel" => _ => new ByteLevelStep(),
            "ByteFallback" => eager => new ByteFallbackStep(eager),
            "Fuse" => _ => new FuseStep(),
            "Replace" => Replace(field),
            "Strip" => Strip(field),
            "Metaspace" => Metaspace(field),
            _ => throw field.Error($"asks for the decoder \"{type}\", which is not supported"),
        });
    }

    private static Func<bool, DecoderStep> Replace(JsonField field)
    {
        string pattern = field.Required("pattern").Required("String").Text(), content = field.Required("content").Text();
        return pattern.Length > 0 ? _ => new ReplaceStep(pattern, content) : throw field.Error("has an empty pattern");
    }

    private static Func<bool, DecoderStep> Strip(JsonField field)
    {
        string content = field.Required("content").Text();
        int start = field.Required("start").Integer(), stop = field.Required("stop").Integer();
        return content.Length == 1 && start >= 0 && stop >= 0
            ? _ => new StripStep(content[0], start, stop)
            : throw field.Error("must strip one character, and start and stop must not be negative");
    }

    private static Func<bool, DecoderStep> Metaspace(JsonField field)
    {
        char replacement = PreTokenizerReader.Replacement(field);
        bool drop = field.Optional("prepend_scheme") is { } scheme ? scheme.Text() != "never" : field.Flag("add_prefix_space", absent: true);
        return _ => new MetaspaceStep(replacement, drop);
    }
}
