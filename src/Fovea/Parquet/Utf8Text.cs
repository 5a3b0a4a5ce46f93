using System.Text;

namespace Fovea.Parquet;

/// <summary>Texts as the format stores them: UTF-8, of which nothing is replaced.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="InvalidDataException">The bytes are no UTF-8.</exception>
    public static string Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("a text is no UTF-8");
        }
    }

    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    public static byte[] Bytes(string text) => Strict.GetBytes(text);
}
