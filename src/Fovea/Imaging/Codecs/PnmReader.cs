namespace Fovea.Imaging.Codecs;

/// <summary>Reads the numbers of a Netpbm file, which white space and comments (from # to the end of the line) separate.</summary>
internal ref struct PnmReader(ImageInput input, int position)
{
    private const int MaxDigits = 10;

    private readonly ImageInput _input = input;

    /// <summary>The next byte.</summary>
    public int Position { get; private set; } = position;

    /// <summary>A number of at most ten digits.</summary>
    public int Number()
    {
        SkipSpace();
        long value = 0;
        int digits = 0;
        while (Position < _input.Bytes.Length && char.IsAsciiDigit((char)_input.Bytes[Position]) && digits <= MaxDigits)
        {
            value = (value * 10) + (_input.Bytes[Position++] - '0');
            digits++;
        }

        bool ends = Position >= _input.Bytes.Length || IsSpace(_input.Bytes[Position]) || _input.Bytes[Position] == '#';
        return digits is > 0 and <= MaxDigits && ends && value <= int.MaxValue
            ? (int)value
            : throw _input.Error($"PNM: at byte {Position} a number is missing, cut off or too long");
    }

    /// <summary>One bit of a plain bitmap; bits need no space between them.</summary>
    public int Bit()
    {
        SkipSpace();
        int bit = Position < _input.Bytes.Length ? _input.Bytes[Position++] - '0' : -1;
        return bit is 0 or 1 ? bit : throw _input.Error($"PNM: at byte {Position} a bit is missing");
    }

    /// <summary>The position behind the one byte of white space that ends the header of a binary file.</summary>
    public readonly int EndOfHeader() => Position < _input.Bytes.Length && IsSpace(_input.Bytes[Position])
        ? Position + 1
        : throw _input.Error("PNM: the header does not end with white space");

    private static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);

    private void SkipSpace()
    {
        bool comment = false;
        while (Position < _input.Bytes.Length)
        {
            byte b = _input.Bytes[Position];
            if (b == '#')
            {
                comment = true;
            }
            else if (b is (byte)'\n' or (byte)'\r')
            {
                comment = false;
            }
            else if (!comment && !IsSpace(b))
            {
                return;
            }

            Position++;
        }
    }
}
