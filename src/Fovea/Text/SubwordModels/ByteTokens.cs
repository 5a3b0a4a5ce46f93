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

    /// <summary>Appends the byte tokens of a scalar value as symbols, if all of them exist.</summary>
    public static bool TryAppend(int scalar, int at, int[] ids, SubwordWorkspace work)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(scalar).EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (ids[value] < 0)
            {
                return false;
            }
        }

        foreach (byte value in bytes)
        {
            work.Add(ids[value], at, at + 1);
        }

        return true;
    }
}
