namespace Fovea.Text.Normalizers;

/// <summary>Reads the block <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>The steps in order; none for an absent block.</summary>
    public static Normalizer[] Read(JsonField? block)
    {
        var steps = new List<Normalizer>();
        if (block is { } field)
        {
            Append(field, steps);
        }

        return [.. steps];
    }

    private static void Append(JsonField field, List<Normalizer> steps)
    {
        string type = field.Required("type").Text();
        if (type == "Sequence")
        {
            foreach (var item in field.Required("normalizers").Items())
            {
                Append(item, steps);
            }

            return;
        }

        steps.Add(type switch
        {
            "Prepend" => new PrependNormalizer(field.Required("prepend").Text()),
            "Replace" => Replace(field),
            "NFC" => new UnicodeNormalizer(compose: true, compatible: false),
            "NFD" => new UnicodeNormalizer(compose: false, compatible: false),
            "NFKC" => new UnicodeNormalizer(compose: true, compatible: true),
            "NFKD" => new UnicodeNormalizer(compose: false, compatible: true),
            "Lowercase" => new LowercaseNormalizer(),
            "Strip" => new StripNormalizer(field.Flag("strip_left", absent: true), field.Flag("strip_right", absent: true)),
            "StripAccents" => new StripAccentsNormalizer(),
            "Precompiled" => new PrecompiledNormalizer(CharacterMap.Read(field.Required("precompiled_charsmap"))),
            _ => throw field.Error($"asks for the normalizer \"{type}\", which is not supported"),
        });
    }

    private static Normalizer Replace(JsonField field)
    {
        var pattern = field.Required("pattern");
        string content = field.Required("content").Text();
        if (pattern.Optional("String") is { } literal)
        {
            return new ReplaceNormalizer(literal.Text(), content);
        }

        return pattern.Required("Regex").Text() == @"\s+"
            ? new SpaceRunNormalizer(content)
            : throw pattern.Error($"is the expression {pattern.Required("Regex").Text()}; replacing supports \\s+ and literal texts");
    }
}
