namespace Fovea.Text.Vocabularies;

/// <summary>Reads the block <c>post_processor</c> of a <c>tokenizer.json</c>: which ids stand around a single text.</summary>
internal static class PostProcessorReader
{
    /// <summary>The ids before and after; none for an absent block.</summary>
    public static (int[] Before, int[] After) Read(JsonField? block)
    {
        if (block is not { } field)
        {
            return ([], []);
        }

        string type = field.Required("type").Text();
        return type switch
        {
            "ByteLevel" => ([], []),
            "TemplateProcessing" => Template(field),
            "RobertaProcessing" or "BertProcessing" => ([PairId(field.Required("cls"))], [PairId(field.Required("sep"))]),
            "Sequence" => Sequence(field),
            _ => throw field.Error($"asks for the post-processor \"{type}\", which is not supported"),
        };
    }

    private static (int[] Before, int[] After) Sequence(JsonField field)
    {
        var all = (Before: Array.Empty<int>(), After: Array.Empty<int>());
        foreach (var item in field.Required("processors").Items())
        {
            var (before, after) = Read(item);
            all = ([.. before, .. all.Before], [.. all.After, .. after]);
        }

        return all;
    }

    private static (int[] Before, int[] After) Template(JsonField field)
    {
        List<int> before = [], after = [];
        bool found = false;
        foreach (var item in field.Required("single").Items())
        {
            if (item.Optional("Sequence") is not null)
            {
                found = !found ? true : throw item.Error("puts the text in twice");
                continue;
            }

            string name = item.Required("SpecialToken").Required("id").Text();
            foreach (var id in field.Required("special_tokens").Required(name).Required("ids").Items())
            {
                (found ? after : before).Add(CheckId(id));
            }
        }

        return found ? ([.. before], [.. after]) : throw field.Error("has a template without the text");
    }

    private static int PairId(JsonField field)
    {
        var parts = field.Items().ToArray();
        return parts.Length == 2 ? CheckId(parts[1]) : throw field.Error("must be a token and its id");
    }

    private static int CheckId(JsonField field) => field.Integer() is >= 0 and var id ? id : throw field.Error("must not be negative");
}
