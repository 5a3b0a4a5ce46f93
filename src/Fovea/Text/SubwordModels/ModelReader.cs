using Fovea.Text.Vocabularies;

namespace Fovea.Text.SubwordModels;

/// <summary>Reads the block <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal static class ModelReader
{
    // Tables by id are as long as the highest id; real vocabularies stay below 300,000.
    private const int IdLimit = 1 << 21;

    /// <summary>The vocabulary and the model.</summary>
    public static (Vocabulary Vocabulary, SubwordModel Model) Read(JsonField field)
    {
        // Files of the first format version leave the type of a byte-pair model out.
        string type = field.Optional("type")?.Text() ?? (field.Optional("merges") is null ? "Unigram" : "BPE");
        return type switch
        {
            "BPE" => BytePair(field),
            "Unigram" => Unigram(field),
            _ => throw field.Error($"is of the type \"{type}\", which is not supported"),
        };
    }

    /// <summary>Reads token ids from an object of token to id.</summary>
    public static Dictionary<string, int> Ids(JsonField field)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, value) in field.Properties())
        {
            ids[token] = CheckId(value, value.Integer());
        }

        return ids;
    }

    /// <summary>Checks that an id is in range.</summary>
    public static int CheckId(JsonField field, int id) => id is >= 0 and < IdLimit ? id : throw field.Error($"has the id {id}; expected 0 to {IdLimit - 1}");

    private static (Vocabulary Vocabulary, SubwordModel Model) BytePair(JsonField field)
    {
        var vocabulary = new Vocabulary(Ids(field.Required("vocab")));
        int unknown = -1;
        if (field.Optional("unk_token") is { } token)
        {
            unknown = vocabulary.IdOf(token.Text());
            if (unknown < 0)
            {
                throw token.Error($"is \"{token.Text()}\", which is not in the vocabulary");
            }
        }

        var options = new BytePairOptions(
            unknown,
            field.Optional("continuing_subword_prefix")?.Text() ?? "",
            field.Optional("end_of_word_suffix")?.Text() ?? "",
            field.Flag("fuse_unk"),
            field.Flag("byte_fallback"),
            field.Flag("ignore_merges"));
        var merges = field.Required("merges").Items().Select(Pair);
        return (vocabulary, Build(vocabulary, [.. merges], options, $"{field.File}: {field.Path}.merges"));
    }

    /// <summary>Builds a byte-pair model from merges in order of rank.</summary>
    /// <exception cref="InvalidDataException">A part or a result of a merge is not in the vocabulary.</exception>
    public static BytePairModel Build(Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, BytePairOptions options, string where)
    {
        var table = new MergeTable(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            string tail = right.StartsWith(options.SubwordPrefix, StringComparison.Ordinal) ? right[options.SubwordPrefix.Length..] : right;
            int id = vocabulary.IdOf(left + tail), leftId = vocabulary.IdOf(left), rightId = vocabulary.IdOf(right);
            if (leftId < 0 || rightId < 0 || id < 0)
            {
                string missing = leftId < 0 ? left : rightId < 0 ? right : left + tail;
                throw new InvalidDataException($"{where}[{rank}] needs the token \"{missing}\", which is not in the vocabulary");
            }

            table.Add(leftId, rightId, rank, id);
        }

        return new BytePairModel(vocabulary, table, options);
    }

    private static (string Left, string Right) Pair(JsonField merge)
    {
        if (merge.IsText)
        {
            string[] halves = merge.Text().Split(' ');
            return halves is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw merge.Error("must be two tokens with one blank between them");
        }

        var parts = merge.Items().Select(part => part.Text()).ToArray();
        return parts is [{ Length: > 0 } first, { Length: > 0 } second] ? (first, second) : throw merge.Error("must be two tokens");
    }

    private static (Vocabulary Vocabulary, SubwordModel Model) Unigram(JsonField field)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var pieces = new List<UnigramPiece>();
        foreach (var item in field.Required("vocab").Items())
        {
            var parts = item.Items().ToArray();
            if (parts.Length != 2)
            {
                throw item.Error("must be a token and its score");
            }

            ids.TryAdd(parts[0].Text(), CheckId(item, pieces.Count));
            pieces.Add(new UnigramPiece(parts[0].Text(), pieces.Count, (float)parts[1].Number()));
        }

        int unknown = field.Optional("unk_id")?.Integer() ?? -1;
        if (unknown >= pieces.Count)
        {
            throw field.Error($"has the unk_id {unknown}, but only {pieces.Count} tokens");
        }

        var vocabulary = new Vocabulary(ids);
        return (vocabulary, new UnigramModel(vocabulary, [.. pieces.Where(piece => piece.Id != unknown)], unknown, field.Flag("byte_fallback")));
    }
}
