using System.Text;
using Fovea.Text.PreTokenizers;

namespace Fovea.Text.Decoders;

/// <summary>
/// Byte-level tokens to text: characters of the byte alphabet become bytes, an element with any other character its own UTF-8 bytes; the bytes of all elements
/// are decoded together, each maximal ill-formed part to one U+FFFD. At most 3 bytes wait for the rest of a character.
/// </summary>
internal sealed class ByteLevelStep : DecoderStep
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _any;

    /// <inheritdoc/>
    public override void Push(string text, bool begins) => Emit(BytesOf(text), flush: false);

    /// <inheritdoc/>
    public override void Finish()
    {
        Emit([], flush: true);
        Next.Finish();
    }

    private static byte[] BytesOf(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            int value = ByteAlphabet.ByteOf(text[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(text);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private void Emit(byte[] bytes, bool flush)
    {
        char[] units = new char[_decoder.GetCharCount(bytes, flush)];
        int count = _decoder.GetChars(bytes, units, flush);
        if (count > 0)
        {
            Next.Push(new string(units, 0, count), !_any);
            _any = true;
        }
    }
}
