using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>A SentencePiece model ready to cut texts into pieces.</summary>
internal sealed class SentencePieceModel
{
    private readonly SentencePieceNormalizer _normalizer;
    private readonly SubwordModel _model;

    /// <summary>Indexes the pieces of a file.</summary>
    public SentencePieceModel(SentencePieceFile file)
    {
        File = file;
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var userDefined = new TokenTrie();
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            ids.TryAdd(file.Pieces[id].Text, id);
            if (file.Pieces[id].Kind == PieceKind.UserDefined)
            {
                userDefined.Add(Scalars.Of(file.Pieces[id].Text), id);
            }
        }

        Vocabulary = new Vocabulary(ids);
        _normalizer = new SentencePieceNormalizer(file, userDefined);
        _model = file.IsBytePair ? new PieceMerger(file, Vocabulary, userDefined) : Unigram(file, Vocabulary);
    }

    /// <summary>The file.</summary>
    public SentencePieceFile File { get; }

    /// <summary>The pieces by text; of equal texts the first.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of scalars [<paramref name="from"/>, <paramref name="to"/>) of <paramref name="text"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">First scalar.</param>
    /// <param name="to">End.</param>
    /// <param name="dummyPrefix">Whether to put a blank in front.</param>
    /// <param name="work">Memory; <see cref="EncodingWorkspace.Words"/> is overwritten.</param>
    public void Encode(ScalarBuffer text, int from, int to, bool dummyPrefix, EncodingWorkspace work)
    {
        work.Words.Clear();
        _normalizer.Apply(text, from, to, dummyPrefix, work.Words);
        if (work.Words.Count > 0)
        {
            _model.Encode(work.Words, 0, work.Words.Count, work.Subwords, work.Tokens);
        }
    }

    private static UnigramModel Unigram(SentencePieceFile file, Vocabulary vocabulary)
    {
        float lowest = float.MaxValue, highest = float.MinValue;
        foreach (var piece in file.Pieces.Where(piece => piece.Kind == PieceKind.Normal))
        {
            lowest = Math.Min(lowest, piece.Score);
            highest = Math.Max(highest, piece.Score);
        }

        var pieces = new List<UnigramPiece>();
        for (int id = 0; id < file.Pieces.Count; id++)
        {
            var piece = file.Pieces[id];
            if (piece.Kind == PieceKind.Normal)
            {
                pieces.Add(new UnigramPiece(piece.Text, id, piece.Score));
            }
            else if (piece.Kind == PieceKind.UserDefined)
            {
                // Longer than anything else can score, so that it always wins.
                float score = (float)((System.Text.Encoding.UTF8.GetByteCount(piece.Text) * highest) - 0.1);
                pieces.Add(new UnigramPiece(piece.Text, id, score));
            }
        }

        return new UnigramModel(vocabulary, pieces, file.UnknownId, file.ByteFallback, lowest);
    }
}
