namespace Fovea.Text.SentencePiece;

/// <summary>What a piece of a SentencePiece model is for; the numbers are those of the file.</summary>
internal enum PieceKind
{
    /// <summary>Ordinary text.</summary>
    Normal = 1,

    /// <summary>Stands for text that nothing else covers.</summary>
    Unknown = 2,

    /// <summary>Never matches text and decodes to nothing.</summary>
    Control = 3,

    /// <summary>Always stays whole.</summary>
    UserDefined = 4,

    /// <summary>Takes part in merging, but never in the result.</summary>
    Unused = 5,

    /// <summary>One byte of a character that has no piece.</summary>
    Byte = 6,
}
