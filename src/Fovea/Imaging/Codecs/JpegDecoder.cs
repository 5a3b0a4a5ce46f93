using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// JPEG (ITU-T T.81): Huffman-coded sequential and progressive frames of 8-bit samples, to the samples of libjpeg-turbo with its default
/// settings (accurate integer transform, smooth upsampling).
/// </summary>
/// <remarks>
/// Not done: lossless, hierarchical and arithmetic-coded frames, 12 bits, DNL, and libjpeg's smoothing of progressive files that end early; such a file is
/// refused.
/// Memory: 64 bytes a block and 128 more in a progressive file, a block needing at least 1/8 byte of input there and 1/4 byte otherwise; then the picture.
/// </remarks>
internal ref struct JpegDecoder
{
    // A script for every coefficient and bit of every component would be longer, but no encoder writes one; the limit bounds the time that a small file can
    // cost.
    private const int MaxScans = 256;

    private readonly ImageInput _input;
    private readonly JpegTables _tables = new();
    private JpegFrame? _frame;
    private int _position = 2;
    private int _scans;
    private int? _orientation;
    private bool _jfif;
    private int _adobeTransform = -1;

    private JpegDecoder(in ImageInput input) => _input = input;

    public static DecodedImage Decode(in ImageInput input) => new JpegDecoder(input).Decode();

    private DecodedImage Decode()
    {
        while (true)
        {
            _position = JpegMarkers.Find(_input, _position);
            int marker = _input.Bytes[_position++];
            if (marker == JpegMarkers.EndOfImage)
            {
                break;
            }

            if (marker is (>= JpegMarkers.Restart0 and <= JpegMarkers.Restart7) or JpegMarkers.Temporary)
            {
                continue;
            }

            if (marker == JpegMarkers.StartOfImage)
            {
                throw _input.Error("JPEG: there is a second start of image");
            }

            var segment = ReadSegment();
            if (marker == JpegMarkers.StartOfScan)
            {
                var frame = DecodeScan(segment);
                if (!frame.Progressive && frame.IsComplete)
                {
                    break;
                }
            }
            else
            {
                ReadHeader(marker, segment);
            }
        }

        if (_frame is not { IsComplete: true } complete)
        {
            throw _input.Error("JPEG: the file has no picture, or not all of its components");
        }

        return new DecodedImage(JpegOutput.Render(complete, ColorSpace(complete)), _orientation ?? 1);
    }

    private ReadOnlySpan<byte> ReadSegment()
    {
        var rest = _input.Bytes[_position..];
        int length = rest.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length < 2 || length > rest.Length)
        {
            throw _input.Error($"JPEG: a segment at byte {_position} has the length {length}; {rest.Length} bytes are left");
        }

        _position += length;
        return rest[2..length];
    }

    private void ReadHeader(int marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case JpegMarkers.Huffman:
                _tables.ReadHuffman(_input, segment);
                break;
            case JpegMarkers.Quantisation:
                _tables.ReadQuantisation(_input, segment);
                break;
            case JpegMarkers.RestartInterval when segment.Length == 2:
                _tables.RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                break;
            case JpegMarkers.RestartInterval:
                throw _input.Error("JPEG: the restart interval has a wrong length");
            case JpegMarkers.FrameBaseline or JpegMarkers.FrameExtended or JpegMarkers.FrameProgressive when _frame is null:
                _frame = JpegFrame.Parse(_input, segment, marker == JpegMarkers.FrameProgressive, _input.Bytes.Length - _position);
                break;
            case JpegMarkers.Conditioning:
                break;
            case >= JpegMarkers.FrameBaseline and <= JpegMarkers.FrameLast:
                throw _input.Error(
                    _frame is null ? $"JPEG: frames of kind SOF{marker - JpegMarkers.FrameBaseline} are not supported" : "JPEG: there is a second frame");
            case JpegMarkers.App0 when segment.Length >= 14 && segment.StartsWith("JFIF\0"u8):
                _jfif = true;
                break;
            case JpegMarkers.App1 when segment.StartsWith("Exif\0\0"u8):
                _orientation ??= ExifOrientation.Read(segment[6..]);
                break;
            case JpegMarkers.App14 when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                _adobeTransform = segment[11];
                break;
            default:
                break;
        }
    }

    private JpegFrame DecodeScan(ReadOnlySpan<byte> segment)
    {
        if (_frame is not { } frame)
        {
            throw _input.Error("JPEG: a scan comes before the frame header");
        }

        if (_scans++ == 0)
        {
            _tables.PresetHuffman();
        }
        else if (_scans > MaxScans)
        {
            throw _input.Error($"JPEG: the file has more than {MaxScans} scans");
        }

        var header = JpegScanHeader.Parse(_input, segment, frame, _tables);
        foreach (var component in header.Components)
        {
            if (component.Quantisation.Length == 0)
            {
                component.Quantisation = _tables.Quantisation(component.QuantisationId)
                    ?? throw _input.Error($"JPEG: component {component.Id} names quantisation table {component.QuantisationId}, which is not defined");
            }
        }

        _position = new JpegScan(_input, frame, header, _tables.RestartInterval, _position).Decode();
        return frame;
    }

    private readonly JpegColorSpace ColorSpace(JpegFrame frame)
    {
        int[] ids = Array.ConvertAll(frame.Components, c => c.Id);
        return ids.Length switch
        {
            1 => JpegColorSpace.Gray,
            4 => _adobeTransform == 2 ? JpegColorSpace.Ycck : JpegColorSpace.Cmyk,
            _ when _jfif => JpegColorSpace.YCbCr,
            _ when _adobeTransform >= 0 => _adobeTransform == 0 ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr,
            _ => ids is ['R', 'G', 'B'] ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr,
        };
    }
}
