namespace Fovea.Text.SentencePiece;

/// <summary>How a tokenizer class turns pieces and special tokens into text.</summary>
/// <param name="DropFirstBlank">The first piece of a part loses its visible blank, and an ordinary piece behind one leading special token gets a blank.</param>
/// <param name="BlankBeforeSpecial">Which run of special tokens brings a blank along.</param>
/// <param name="CleanUpParts">Remove blanks before English punctuation in every part.</param>
/// <param name="TrimParts">Trim white space of every part.</param>
internal sealed record PieceDecodingStyle(bool DropFirstBlank, SpecialBlank BlankBeforeSpecial, bool CleanUpParts = false, bool TrimParts = false);
