using System.Buffers.Binary;
using System.Text;

namespace Fovea.Text.Normalizers;

/// <summary>A precompiled character map: UTF-8 texts and their replacements, in a double-array trie.</summary>
/// <remarks>Source: the SentencePiece format: the size of the trie, its 32-bit units, then the replacements, each ended by a zero byte; little endian.</remarks>
internal sealed class CharacterMap
{
    // Keys are a few characters long; this bounds the walk through a damaged trie.
    private const int LongestKey = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly Dictionary<int, int[]> _texts = [];

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
        for (int start = 0; start < replacements.Length;)
        {
            var text = ReplacementAt(start);
            _texts[start] = Scalars.Of(Encoding.UTF8.GetString(text));
            start += text.Length + 1;
        }
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

    /// <summary>A text at the start of <paramref name="text"/> that the map replaces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shortest">Take the shortest such text; otherwise the longest.</param>
    /// <param name="length">How many scalars it has; 0 if there is none.</param>
    /// <param name="replacement">Its replacement.</param>
    public bool TryMatch(ReadOnlySpan<int> text, bool shortest, out int length, out ReadOnlySpan<int> replacement)
    {
        length = 0;
        replacement = default;
        if (_units.Length == 0)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        uint node = Offset(_units[0]);
        for (int i = 0; i < Math.Min(text.Length, LongestKey) && !(shortest && length > 0); i++)
        {
            bool leaf = false;
            foreach (byte value in bytes[..new Rune(text[i]).EncodeToUtf8(bytes)])
            {
                node ^= value;
                if (node >= _units.Length || (_units[node] & 0x800000FF) != value)
                {
                    return length > 0;
                }

                leaf = (_units[node] & 0x100) != 0;
                node ^= Offset(_units[node]);
            }

            if (leaf && node < _units.Length)
            {
                length = i + 1;
                replacement = Replacement(_units[node] & 0x7FFFFFFF);
            }
        }

        return length > 0;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private ReadOnlySpan<int> Replacement(uint start)
    {
        if (start >= _replacements.Length)
        {
            return default;
        }

        return _texts.TryGetValue((int)start, out int[]? text) ? text : Scalars.Of(Encoding.UTF8.GetString(ReplacementAt((int)start)));
    }

    private ReadOnlySpan<byte> ReplacementAt(int start)
    {
        var rest = _replacements.AsSpan(start);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }
}
