using System.Globalization;

namespace Fovea.Cli.Options;

/// <summary>Sizes as people give them: a number with KB, MB or GB, which are powers of 1024, or a number of bytes.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] Units = [("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("", 1)];

    /// <summary>The bytes.</summary>
    /// <param name="text">The size.</param>
    /// <param name="option">Who it was given to, for the message.</param>
    /// <exception cref="ArgumentException">No such number.</exception>
    public static long Parse(string text, string option)
    {
        var (suffix, unit) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        return long.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue / unit
            ? number * unit
            : throw new ArgumentException($"{option} is '{text}'; give a number of bytes such as 512MB, or 0.");
    }
}
