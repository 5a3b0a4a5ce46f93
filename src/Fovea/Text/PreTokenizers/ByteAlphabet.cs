namespace Fovea.Text.PreTokenizers;

/// <summary>The printable character that stands for each byte in byte-level vocabularies.</summary>
/// <remarks>Source: the GPT-2 encoder. Printable Latin-1 bytes stand for themselves, the other 68 take U+0100 and up, in ascending order.</remarks>
internal static class ByteAlphabet
{
    private static readonly int[] Characters = Create();
    private static readonly short[] Bytes = Invert();

    /// <summary>The character of a byte.</summary>
    public static int CharacterOf(byte value) => Characters[value];

    /// <summary>The byte of a character; −1 if the character is not in the alphabet.</summary>
    public static int ByteOf(int character) => character < Bytes.Length ? Bytes[character] : -1;

    private static int[] Create()
    {
        int[] characters = new int[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            characters[value] = printable ? value : next++;
        }

        return characters;
    }

    private static short[] Invert()
    {
        short[] bytes = new short[0x144];
        bytes.AsSpan().Fill(-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
