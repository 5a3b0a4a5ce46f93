using System.Text;
using Fovea.Text.Vocabularies;

namespace Fovea.Text.SubwordModels;

/// <summary>Tokens of the form <c>&lt;0xHH&gt;</c>, with two upper-case digits.</summary>
internal static class ByteTokens
{
    /// <summary>The byte of a token; −1 if it is none.</summary>
    public static int ByteOf(string token) =>
        token is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigitUpper(high) && char.IsAsciiHexDigitUpper(low)
            ? (char.IsAsciiDigit(high) ? high - '0' : high - 'A' + 10) << 4 | (char.IsAsciiDigit(low) ? low - '0' : low - 'A' + 10)
            : -1;

    /// <summary>The id of each byte's token; −1 where the vocabulary has none.</summary>
    public static int[] IdsIn(Vocabulary vocabulary)
    {
        int[] ids = new int[256];
        for (int value = 0; value < 256; value++)
        {
            ids[value] = vocabulary.IdOf($"<0x{value:X2}>");
        }

        return ids;
    }

    /// <summary>Writes the ids of the byte tokens of a scalar value.</summary>
    /// <param name="scalar">The value.</param>
    /// <param name="ids">The id of each byte's token.</param>
    /// <param name="target">Receives at most 4 ids.</param>
    /// <returns>How many were written; 0 if one of them does not exist.</returns>
    public static int Write(int scalar, int[] ids, Span<int> target)
    {
        Span<byte> bytes = stackalloc byte[4];
        int count = new Rune(scalar).EncodeToUtf8(bytes);
        for (int k = 0; k < count; k++)
        {
            target[k] = ids[bytes[k]];
            if (target[k] < 0)
            {
                return 0;
            }
        }

        return count;
    }
}
