using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// The first frame of a GIF file (GIF89a specification). Outside the frame the screen has the transparent index if there is one, else index 0, as in
/// Pillow; the background
/// index is ignored, and transparent pixels show their colour of the palette.
/// </summary>
internal ref struct GifDecoder
{
    private const int Extension = 0x21;
    private const int Frame = 0x2C;
    private const int GraphicControl = 0xF9;

    private readonly ImageInput _input;
    private int _position;

    private GifDecoder(in ImageInput input) => _input = input;

    public static DecodedImage Decode(in ImageInput input) => new(new GifDecoder(input).Decode());

    private Image Decode()
    {
        _position = 6;
        var screen = Take(7);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(screen), height = BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]);
        var palette = TakePalette(screen[4]);
        int outside = 0;
        while (true)
        {
            int marker = Take(1)[0];
            if (marker == Frame)
            {
                return DecodeFrame(width, height, palette, outside);
            }

            if (marker == 0)
            {
                // Padding between blocks.
                continue;
            }

            if (marker != Extension)
            {
                throw _input.Error($"GIF: byte {marker:X2} at {_position - 1} begins no block, and no frame came before it");
            }

            int label = Take(1)[0];
            for (var block = Take(Take(1)[0]); !block.IsEmpty; block = Take(Take(1)[0]))
            {
                if (label == GraphicControl && block.Length >= 4)
                {
                    outside = (block[0] & 1) != 0 ? block[3] : 0;
                }
            }
        }
    }

    private Image DecodeFrame(int width, int height, ReadOnlySpan<byte> palette, int outside)
    {
        var frame = Take(9);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(frame), top = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        int frameWidth = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]), frameHeight = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        if (frameWidth == 0 || frameHeight == 0)
        {
            throw _input.Error($"GIF: the first frame has {frameWidth} x {frameHeight} pixels");
        }

        // A frame that reaches beyond the screen enlarges it.
        width = Math.Max(width, left + frameWidth);
        height = Math.Max(height, top + frameHeight);
        _input.CheckSize("GIF", width, height);
        var local = TakePalette(frame[8]);
        palette = local.IsEmpty ? palette : local;
        int codeBits = Take(1)[0];
        byte[] codes = JoinBlocks();
        byte[] indices = GifLzw.Expand(_input, codes, codeBits, frameWidth * frameHeight);
        bool interlaced = (frame[8] & 0x40) != 0;

        var rgb = new byte[3 * width * height];
        Span<byte> background = [(byte)outside];
        for (int i = 0; i < rgb.Length; i += 3)
        {
            Color(background, palette, rgb.AsSpan(i, 3));
        }

        for (int stored = 0; stored < frameHeight; stored++)
        {
            int row = top + (interlaced ? InterlacedRow(stored, frameHeight) : stored);
            Color(indices.AsSpan(stored * frameWidth, frameWidth), palette, rgb.AsSpan(3 * ((row * width) + left), 3 * frameWidth));
        }

        return new Image(width, height, rgb);
    }

    private static void Color(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> palette, Span<byte> rgb)
    {
        if (palette.IsEmpty)
        {
            // Without any palette the indices are gray.
            SampleRows.Gray(indices, 1, rgb);
        }
        else
        {
            SampleRows.Palette(indices, 8, palette, rgb);
        }
    }

    /// <summary>
    /// The row of the picture that is stored as row <paramref name="stored"/>: every 8th from 0, every 8th from 4, every 4th from 2, every 2nd from 1.
    /// </summary>
    private static int InterlacedRow(int stored, int height)
    {
        foreach (var (first, step) in (ReadOnlySpan<(int, int)>)[(0, 8), (4, 8), (2, 4), (1, 2)])
        {
            int rows = Math.Max(0, (height - first + step - 1) / step);
            if (stored < rows)
            {
                return first + (stored * step);
            }

            stored -= rows;
        }

        return height - 1;
    }

    private ReadOnlySpan<byte> TakePalette(int flags) => (flags & 0x80) != 0 ? Take(3 << ((flags & 7) + 1)) : default;

    private byte[] JoinBlocks()
    {
        var joined = new byte[_input.Bytes.Length - _position];
        int length = 0;
        while (_position < _input.Bytes.Length)
        {
            // A file that is cut inside its last block still has the codes before the cut.
            int block = Math.Min(_input.Bytes[_position++], _input.Bytes.Length - _position);
            if (block == 0)
            {
                break;
            }

            Take(block).CopyTo(joined.AsSpan(length));
            length += block;
        }

        return joined[..length];
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _input.Bytes.Length - _position)
        {
            throw _input.Error("GIF: the file ends before its first frame does");
        }

        _position += length;
        return _input.Bytes.Slice(_position - length, length);
    }
}
