namespace Fovea.Text.SentencePiece;

/// <summary>Which runs of special tokens bring a blank along when decoding.</summary>
internal enum SpecialBlank
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those that do not begin a part.</summary>
    Inside,

    /// <summary>All.</summary>
    Always,
}
