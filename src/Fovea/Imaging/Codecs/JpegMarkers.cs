namespace Fovea.Imaging.Codecs;

/// <summary>The marker codes of JPEG (ITU-T T.81, table B.1) that the decoder treats.</summary>
internal static class JpegMarkers
{
    public const int FrameBaseline = 0xC0;
    public const int FrameExtended = 0xC1;
    public const int FrameProgressive = 0xC2;
    public const int Huffman = 0xC4;
    public const int Conditioning = 0xCC;
    public const int FrameLast = 0xCF;
    public const int Restart0 = 0xD0;
    public const int Restart7 = 0xD7;
    public const int StartOfImage = 0xD8;
    public const int EndOfImage = 0xD9;
    public const int StartOfScan = 0xDA;
    public const int Quantisation = 0xDB;
    public const int RestartInterval = 0xDD;
    public const int App0 = 0xE0;
    public const int App1 = 0xE1;
    public const int App14 = 0xEE;
    public const int Temporary = 0x01;

    /// <summary>
    /// The position of the code of the next marker at or behind <paramref name="position"/>. Other bytes, stuffed zeros and fill bytes are passed over.
    /// </summary>
    /// <exception cref="ImageFormatException">The file ends before one.</exception>
    public static int Find(in ImageInput input, int position)
    {
        var bytes = input.Bytes;
        while (position < bytes.Length)
        {
            int found = bytes[position..].IndexOf((byte)0xFF);
            if (found < 0)
            {
                break;
            }

            position += found + 1;
            if (position < bytes.Length && bytes[position] is not (0 or 0xFF))
            {
                return position;
            }
        }

        throw input.Error("JPEG: the file ends without an end marker");
    }
}
