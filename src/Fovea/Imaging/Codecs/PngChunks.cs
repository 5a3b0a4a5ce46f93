using System.Buffers.Binary;
using System.Text;

namespace Fovea.Imaging.Codecs;

/// <summary>Walks over the chunks of a PNG file.</summary>
internal ref struct PngChunks(ImageInput input)
{
    private readonly ReadOnlySpan<byte> _file = input.Bytes;
    private int _position = 8;
    private uint _checkSum;

    /// <summary>The four letters of the current chunk.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>What the current chunk holds.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public readonly bool IsImageData => Is("IDAT"u8);

    /// <summary>
    /// Goes to the next chunk. False at the end of the file or where it is cut inside a chunk: a damaged tail is no reason to refuse a picture whose
    /// samples are complete, and missing samples are found when they are counted. A cut IDAT is handed out as far as it goes.
    /// </summary>
    public bool Next()
    {
        var rest = _file[_position..];
        if (rest.Length < 8)
        {
            return false;
        }

        long length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        Type = rest.Slice(4, 4);
        bool whole = length <= rest.Length - 12;
        if (!IsName(Type) || (!whole && !IsImageData))
        {
            return false;
        }

        int taken = (int)Math.Min(length, rest.Length - 8);
        Data = rest.Slice(8, taken);
        _checkSum = whole ? BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + taken)..]) : 0;
        _position += whole ? taken + 12 : rest.Length;
        return true;
    }

    public readonly bool Is(ReadOnlySpan<byte> name) => Type.SequenceEqual(name);

    /// <summary>Whether the stored check sum of the current chunk is right; not asked of IDAT.</summary>
    public readonly bool CheckSumHolds() => _checkSum == Crc32.Of(_file.Slice(_position - 8 - Data.Length, Data.Length + 4));

    public readonly string Name() => Encoding.ASCII.GetString(Type);

    private static bool IsName(ReadOnlySpan<byte> type)
    {
        foreach (byte b in type)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '_')
            {
                return false;
            }
        }

        return true;
    }
}
