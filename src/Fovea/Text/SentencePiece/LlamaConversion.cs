using Fovea.Text.Decoders;
using Fovea.Text.Normalizers;
using Fovea.Text.PreTokenizers;
using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>Llama's SentencePiece file as a pipeline of <c>tokenizer.json</c>, as transformers converts it.</summary>
internal static class LlamaConversion
{
    /// <summary>Reads and converts <paramref name="path"/>.</summary>
    public static Tokenizer Load(string path, TokenizerConfig config)
    {
        var file = SentencePieceFile.Load(path);
        if (!file.IsBytePair)
        {
            throw new InvalidDataException($"{path} is a Unigram model; a Llama tokenizer is converted from byte-pair models only");
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            ids.TryAdd(file.Pieces[id].Text, id);
        }

        var vocabulary = new Vocabulary(ids);
        var options = new BytePairOptions(file.UnknownId, FuseUnknown: true, ByteFallback: true);
        bool prefix = config.AddPrefixSpace ?? true;
        var pipeline = new TokenizerPipeline
        {
            Vocabulary = vocabulary,
            Model = ModelReader.Build(vocabulary, Merges(file, ids), options, path),
            Normalizers = config.Legacy ? [.. prefix ? [new PrependNormalizer("▁")] : Array.Empty<Normalizer>(), new ReplaceNormalizer(" ", "▁")] : [],
            PreTokenizers = config.Legacy ? [] : [new MetaspacePreTokenizer('▁', prefix ? PrependScheme.First : PrependScheme.Never, split: false)],
            Decoder = eager =>
            [
                new ReplaceStep("▁", " "), new ByteFallbackStep(eager), new FuseStep(), .. prefix ? [new StripStep(' ', 1, 0)] : Array.Empty<DecoderStep>(),
            ],
        };
        var added = new AddedTokenList(vocabulary);
        foreach (var piece in file.Pieces.Where(piece => piece.Kind is PieceKind.Unknown or PieceKind.Control or PieceKind.UserDefined))
        {
            added.Put(new AddedToken(piece.Text) { Special = piece.Kind != PieceKind.UserDefined });
        }

        return TokenizerJson.Create(pipeline, added, config);
    }

    /// <summary>Every way to cut a piece into two pieces, by score, then length of the left and of the right part, all descending.</summary>
    private static List<(string Left, string Right)> Merges(SentencePieceFile file, Dictionary<string, int> ids)
    {
        var merges = new List<(int Left, int Right, float Score)>();
        foreach (var piece in file.Pieces)
        {
            var cuts = new List<(int Left, int Right, float Score)>();
            for (int cut = 1; cut < piece.Text.Length; cut++)
            {
                if (ids.TryGetValue(piece.Text[..cut], out int left) && ids.TryGetValue(piece.Text[cut..], out int right))
                {
                    cuts.Add((left, right, piece.Score));
                }
            }

            merges.AddRange(cuts.OrderBy(entry => entry.Left).ThenBy(entry => entry.Right));
        }

        var lengths = file.Pieces.Select(piece => Scalars.Of(piece.Text).Length).ToArray();
        return
        [
            .. merges.OrderByDescending(entry => entry.Score).ThenByDescending(entry => lengths[entry.Left]).ThenByDescending(entry => lengths[entry.Right])
                .Select(entry => (file.Pieces[entry.Left].Text, file.Pieces[entry.Right].Text)),
        ];
    }
}
