namespace Fovea.Text.Unicode;

/// <summary>Canonical and compatibility decomposition, combining classes and composition of pairs, with the Hangul syllables by arithmetic.</summary>
/// <remarks>Source: The Unicode Standard 14.0, section 3.11 and 3.12. The runtime's own normalization does nothing in invariant globalization.</remarks>
internal static class Decomposition
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly Dictionary<int, int[]> Canonical = CodePointTable.Mappings(CanonicalData.Decompositions);
    private static readonly Lazy<Dictionary<int, int[]>> Compatible = new(() => CodePointTable.Mappings(CompatibilityData.Decompositions));
    private static readonly CodePointTable Classes = CodePointTable.FromValues(CanonicalData.CombiningClasses);
    private static readonly Dictionary<(int First, int Second), int> Pairs = ComposablePairs();

    /// <summary>The canonical combining class, 0..254.</summary>
    public static int CombiningClass(int scalar) => Classes[scalar];

    /// <summary>Appends the full decomposition of a scalar value that stands for input units [<paramref name="start"/>, <paramref name="end"/>).</summary>
    public static void Append(ScalarBuffer target, int scalar, int start, int end, bool compatible)
    {
        int syllable = scalar - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            target.Add(LeadBase + (syllable / (VowelCount * TrailCount)), start, end);
            target.Add(VowelBase + (syllable % (VowelCount * TrailCount) / TrailCount), start, end);
            if (syllable % TrailCount != 0)
            {
                target.Add(TrailBase + (syllable % TrailCount), start, end);
            }
        }
        else if (Canonical.TryGetValue(scalar, out int[]? parts) || (compatible && Compatible.Value.TryGetValue(scalar, out parts)))
        {
            foreach (int part in parts)
            {
                Append(target, part, start, end, compatible);
            }
        }
        else
        {
            target.Add(scalar, start, end);
        }
    }

    /// <summary>Whether two scalar values have a composed form, and which.</summary>
    public static bool TryCompose(int first, int second, out int composed)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - SyllableBase, trail = second - TrailBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composed = SyllableBase + (((lead * VowelCount) + vowel) * TrailCount);
            return true;
        }

        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composed = first + trail;
            return true;
        }

        return Pairs.TryGetValue((first, second), out composed);
    }

    private static Dictionary<(int First, int Second), int> ComposablePairs()
    {
        var excluded = CodePointTable.FromRanges(CanonicalData.CompositionExclusions);
        return Canonical.Where(entry => entry.Value.Length == 2 && excluded[entry.Key] == 0)
            .ToDictionary(entry => (entry.Value[0], entry.Value[1]), entry => entry.Key);
    }
}
