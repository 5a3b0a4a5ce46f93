using System.Globalization;

namespace Fovea.Text.Normalizers;

/// <summary>Applies a character map as tokenizers does: to a whole short grapheme cluster if the map has its start, else character by character.</summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : Normalizer
{
    // Clusters of more UTF-8 bytes are not looked up as a whole.
    private const int LongestCluster = 5;

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        string text = Scalars.ToText(source.Scalars);
        for (int at = 0, from = 0; at < text.Length;)
        {
            int units = StringInfo.GetNextTextElementLength(text, at);
            int bytes = 0, to = from;
            foreach (var rune in text.AsSpan(at, units).EnumerateRunes())
            {
                bytes += rune.Utf8SequenceLength;
                to++;
            }

            if (bytes > LongestCluster || !TryReplace(source, from, to, target))
            {
                for (int i = from; i < to; i++)
                {
                    if (!TryReplace(source, i, i + 1, target))
                    {
                        target.Add(source, i, i + 1);
                    }
                }
            }

            at += units;
            from = to;
        }

        return true;
    }

    private bool TryReplace(ScalarBuffer source, int from, int to, ScalarBuffer target)
    {
        if (!map.TryMatch(source.Scalars[from..to], shortest: true, out _, out var replacement))
        {
            return false;
        }

        foreach (int scalar in replacement)
        {
            target.Add(scalar, source.Start(from), source.End(to - 1));
        }

        return true;
    }
}
