using System.Globalization;

namespace Fovea.Text.Unicode;

/// <summary>One small value for every code point; equal pages of 256 are stored once.</summary>
internal sealed class CodePointTable
{
    private const int Limit = 0x110000;

    private readonly ushort[] _pages = new ushort[Limit >> 8];
    private readonly byte[] _values;

    private CodePointTable(byte[] values)
    {
        var known = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var distinct = new List<byte[]>();
        for (int page = 0; page < _pages.Length; page++)
        {
            byte[] content = values[(page << 8)..((page + 1) << 8)];
            string key = Convert.ToHexString(content);
            if (!known.TryGetValue(key, out ushort index))
            {
                index = (ushort)distinct.Count;
                known.Add(key, index);
                distinct.Add(content);
            }

            _pages[page] = index;
        }

        _values = [.. distinct.SelectMany(content => content)];
    }

    /// <summary>The value of <paramref name="codePoint"/>, in 0..10FFFF; 0 where the source has none.</summary>
    public byte this[int codePoint] => _values[(_pages[codePoint >> 8] << 8) | (codePoint & 0xFF)];

    /// <summary>Reads texts of <c>FIRST-LAST</c> entries, hexadecimal and inclusive; the k-th text (from 1) gives value k.</summary>
    public static CodePointTable FromRanges(params ReadOnlySpan<string> sources)
    {
        byte[] values = new byte[Limit];
        for (int k = 0; k < sources.Length; k++)
        {
            foreach (string entry in Entries(sources[k]))
            {
                var (first, last) = Range(entry);
                values.AsSpan(first, last - first + 1).Fill((byte)(k + 1));
            }
        }

        return new CodePointTable(values);
    }

    /// <summary>Reads <c>FIRST-LAST:VALUE</c> entries, all hexadecimal.</summary>
    public static CodePointTable FromValues(string source)
    {
        byte[] values = new byte[Limit];
        foreach (string entry in Entries(source))
        {
            string[] halves = entry.Split(':');
            var (first, last) = Range(halves[0]);
            values.AsSpan(first, last - first + 1).Fill((byte)Hex(halves[1]));
        }

        return new CodePointTable(values);
    }

    /// <summary>Reads <c>FIRST-LAST:A+B</c> entries: FIRST maps to A B, each following code point to A and the next B.</summary>
    public static Dictionary<int, int[]> Mappings(string source)
    {
        var mappings = new Dictionary<int, int[]>();
        foreach (string entry in Entries(source))
        {
            string[] halves = entry.Split(':');
            var (first, last) = Range(halves[0]);
            int[] target = [.. halves[1].Split('+').Select(Hex)];
            for (int codePoint = first; codePoint <= last; codePoint++)
            {
                mappings.Add(codePoint, [.. target[..^1], target[^1] + codePoint - first]);
            }
        }

        return mappings;
    }

    private static string[] Entries(string source) => source.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static (int First, int Last) Range(string entry)
    {
        int dash = entry.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (Hex(entry), Hex(entry)) : (Hex(entry[..dash]), Hex(entry[(dash + 1)..]));
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
