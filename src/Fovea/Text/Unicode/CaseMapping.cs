using System.Text;

namespace Fovea.Text.Unicode;

/// <summary>Full Unicode case mapping of single characters, without regard to language.</summary>
/// <remarks>Source: the Unicode Character Database; mappings between one code point and one come from the runtime, the others from <see cref="SpecialCasingData"/>.</remarks>
internal static class CaseMapping
{
    private static readonly Dictionary<int, int[]> SpecialUpper = CodePointTable.Mappings(SpecialCasingData.Upper);
    private static readonly Dictionary<int, int[]> SpecialTitle = CodePointTable.Mappings(SpecialCasingData.Title);
    private static readonly int[] LowerOfDottedI = [0x69, 0x307];

    /// <summary>Writes the lower case of a scalar value (at most 2 values) and returns how many were written.</summary>
    /// <remarks>Every character stands alone: the final sigma has no form of its own here.</remarks>
    public static int ToLower(int scalar, Span<int> target)
    {
        if (scalar == 0x130)
        {
            LowerOfDottedI.CopyTo(target);
            return 2;
        }

        target[0] = scalar < 0x80 ? (scalar is >= 'A' and <= 'Z' ? scalar + 32 : scalar) : Rune.ToLowerInvariant(new Rune(scalar)).Value;
        return 1;
    }

    /// <summary>Writes the upper case of a scalar value (at most 3 values) and returns how many were written.</summary>
    public static int ToUpper(int scalar, Span<int> target)
    {
        if (SpecialUpper.TryGetValue(scalar, out int[]? mapped))
        {
            mapped.CopyTo(target);
            return mapped.Length;
        }

        target[0] = Rune.ToUpperInvariant(new Rune(scalar)).Value;
        return 1;
    }

    /// <summary>Writes the title case of a scalar value (at most 3 values) and returns how many were written.</summary>
    public static int ToTitle(int scalar, Span<int> target)
    {
        if (SpecialTitle.TryGetValue(scalar, out int[]? mapped))
        {
            mapped.CopyTo(target);
            return mapped.Length;
        }

        return ToUpper(scalar, target);
    }
}
