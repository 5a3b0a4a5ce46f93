using System.Buffers.Binary;

namespace Fovea.Text.Normalizers;

/// <summary>A precompiled character map: UTF-8 texts and their replacements, in a double-array trie.</summary>
/// <remarks>Source: the SentencePiece format: the size of the trie, its 32-bit units, then the replacements, each ended by a zero byte; little endian.</remarks>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <summary>Reads a map; an empty one replaces nothing.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="where">File and key for complaints.</param>
    /// <exception cref="InvalidDataException">The sizes do not fit.</exception>
    public static CharacterMap Read(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.IsEmpty)
        {
            return new CharacterMap([], []);
        }

        if (bytes.Length < 4)
        {
            throw new InvalidDataException($"{where} is a character map of {bytes.Length} bytes, too short for its header");
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (size > bytes.Length - 4 || size % 4 != 0)
        {
            throw new InvalidDataException($"{where} is a character map whose trie of {size} bytes does not fit into {bytes.Length} bytes");
        }

        uint[] units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        }

        return new CharacterMap(units, bytes[(4 + (int)size)..].ToArray());
    }

    /// <summary>Reads a map from base64 text.</summary>
    public static CharacterMap Read(JsonField field)
    {
        string text = field.Text();
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length)
            ? Read(bytes.AsSpan(0, length), $"{field.File}: {field.Path}")
            : throw field.Error("is not base64");
    }

    /// <summary>The longest text at the start of <paramref name="text"/> that the map replaces.</summary>
    /// <param name="text">UTF-8 bytes.</param>
    /// <param name="length">How many bytes it takes; 0 if there is none.</param>
    /// <param name="replacement">UTF-8 bytes of its replacement.</param>
    public bool TryMatch(ReadOnlySpan<byte> text, out int length, out ReadOnlySpan<byte> replacement)
    {
        length = 0;
        replacement = default;
        if (_units.Length == 0)
        {
            return false;
        }

        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != text[i])
            {
                break;
            }

            uint unit = _units[node];
            node ^= Offset(unit);
            if ((unit & 0x100) != 0 && node < _units.Length)
            {
                length = i + 1;
                replacement = Replacement(_units[node] & 0x7FFFFFFF);
            }
        }

        return length > 0;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private ReadOnlySpan<byte> Replacement(uint start)
    {
        if (start >= _replacements.Length)
        {
            return default;
        }

        var rest = _replacements.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }
}
