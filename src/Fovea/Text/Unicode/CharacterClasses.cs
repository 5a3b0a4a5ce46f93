using System.Globalization;

namespace Fovea.Text.Unicode;

/// <summary>Classifies scalar values as the tokenizers' reference does, whatever Unicode version the runtime has.</summary>
internal static class CharacterClasses
{
    private static readonly CodePointTable Table =
        CodePointTable.FromRanges(CharacterClassData.Letters, CharacterClassData.Numbers, CharacterClassData.Spaces);

    /// <summary>The class of a scalar value.</summary>
    public static CharacterClass Of(int scalar) => (CharacterClass)Table[scalar];

    /// <summary>Whether <c>\p{L}</c> matches.</summary>
    public static bool IsLetter(int scalar) => Of(scalar) == CharacterClass.Letter;

    /// <summary>Whether <c>\p{N}</c> matches.</summary>
    public static bool IsNumber(int scalar) => Of(scalar) == CharacterClass.Number;

    /// <summary>Whether <c>\s</c> matches.</summary>
    public static bool IsSpace(int scalar) => Of(scalar) == CharacterClass.Space;

    /// <summary>Whether Python calls it white space: <c>\s</c> and the separators U+001C to U+001F.</summary>
    public static bool IsPythonSpace(int scalar) => scalar is >= 0x1C and <= 0x1F || IsSpace(scalar);

    /// <summary>Whether <c>\w</c> matches: letters, marks, decimal digits and letter numbers, connector punctuation, joiners.</summary>
    public static bool IsWord(int scalar) => scalar is 0x200C or 0x200D || IsLetter(scalar) || IsAlphabeticSymbol(scalar) || CharUnicodeInfo.GetUnicodeCategory(scalar) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    // Circled, squared and negative letters: symbols by category, alphabetic by property.
    private static bool IsAlphabeticSymbol(int scalar) => scalar is
        (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
