using System.Text;
using Fovea.Text.Normalizers;

namespace Fovea.Text.SentencePiece;

/// <summary>The content of a SentencePiece model file (<c>tokenizer.model</c>, <c>spiece.model</c>).</summary>
internal sealed record SentencePieceFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private SentencePieceFile(string path) => FilePath = path;

    /// <summary>Where it was read.</summary>
    public string FilePath { get; }

    /// <summary>The pieces by id.</summary>
    public IReadOnlyList<Piece> Pieces { get; private set; } = [];

    /// <summary>Byte-pair merging instead of Unigram.</summary>
    public bool IsBytePair { get; private set; }

    /// <summary>Unknown characters are written as byte pieces.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>What the unknown piece decodes to.</summary>
    public string UnknownSurface { get; private set; } = " ⁇ ";

    /// <summary>Put a blank before every text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Reduce runs of blanks to one and trim.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>Write blanks as U+2581.</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>Replacements applied to every text.</summary>
    public CharacterMap Characters { get; private set; } = CharacterMap.Read([], "");

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId { get; private set; }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for something that is not supported.</exception>
    public static SentencePieceFile Load(string path)
    {
        var file = new SentencePieceFile(path);
        var reader = new ProtobufReader(File.ReadAllBytes(path), path);
        var pieces = new List<Piece>();
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    pieces.Add(file.ReadPiece(reader.Bytes(), pieces.Count));
                    break;
                case 2:
                    file.ReadTrainer(reader.Bytes());
                    break;
                case 3:
                    file.ReadNormalizer(reader.Bytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        file.Pieces = pieces;
        int unknown = pieces.FindIndex(piece => piece.Kind == PieceKind.Unknown);
        file.UnknownId = unknown >= 0 ? unknown : throw new InvalidDataException($"{path} is a SentencePiece model without an unknown piece");
        return file;
    }

    private Piece ReadPiece(ReadOnlySpan<byte> bytes, int id)
    {
        var reader = new ProtobufReader(bytes, FilePath);
        string text = "";
        float score = 0;
        int kind = 1;
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    text = Text(reader.Bytes(), $"piece {id}");
                    break;
                case 2:
                    score = reader.Float();
                    break;
                case 3:
                    kind = reader.Integer();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (kind is < 1 or > 6 || float.IsNaN(score))
        {
            throw new InvalidDataException($"{FilePath}: piece {id} has the type {kind} and the score {score}; expected a type of 1 to 6 and a number");
        }

        return new Piece(text, score, (PieceKind)kind);
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes, FilePath);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 3:
                    int type = reader.Integer();
                    IsBytePair = type is 1 or 2 ? type == 2 : throw new InvalidDataException($"{FilePath} is a SentencePiece model of type {type}; expected 1 (Unigram) or 2 (BPE)");
                    break;
                case 24:
                    if (reader.Boolean())
                    {
                        throw new InvalidDataException($"{FilePath} is a SentencePiece model with treat_whitespace_as_suffix, which is not supported");
                    }

                    break;
                case 35:
                    ByteFallback = reader.Boolean();
                    break;
                case 44:
                    UnknownSurface = Text(reader.Bytes(), "unk_surface");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes, FilePath);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 2:
                    Characters = CharacterMap.Read(reader.Bytes(), $"{FilePath}: precompiled_charsmap");
                    break;
                case 3:
                    AddDummyPrefix = reader.Boolean();
                    break;
                case 4:
                    RemoveExtraSpaces = reader.Boolean();
                    break;
                case 5:
                    EscapeSpaces = reader.Boolean();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private string Text(ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{FilePath}: {what} is not UTF-8", exception);
        }
    }
}
