using System.Globalization;
using System.Text;

namespace Fovea.Text.Normalizers;

/// <summary>Applies a character map as tokenizers does: to a whole short grapheme cluster if the map has it, else character by character.</summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : Normalizer
{
    // Longer clusters are not looked up as a whole.
    private const int LongestCluster = 5;

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        string text = Scalars.ToText(source.Scalars);
        Span<byte> bytes = stackalloc byte[4 * LongestCluster];
        int scalar = 0;
        for (int at = 0; at < text.Length;)
        {
            int units = StringInfo.GetNextTextElementLength(text, at);
            int end = scalar + CountScalars(text.AsSpan(at, units));
            int size = Encoding.UTF8.GetByteCount(text.AsSpan(at, units));
            if (size <= LongestCluster && Matches(bytes[..Encoding.UTF8.GetBytes(text.AsSpan(at, units), bytes)], out var whole))
            {
                Append(whole, source.Start(scalar), source.End(end - 1), target);
            }
            else
            {
                for (int i = scalar; i < end; i++)
                {
                    AppendCharacter(source, i, target);
                }
            }

            at += units;
            scalar = end;
        }

        return true;
    }

    private static int CountScalars(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static void Append(ReadOnlySpan<byte> replacement, int start, int end, ScalarBuffer target)
    {
        foreach (var rune in Encoding.UTF8.GetString(replacement).EnumerateRunes())
        {
            target.Add(rune.Value, start, end);
        }
    }

    private void AppendCharacter(ScalarBuffer source, int index, ScalarBuffer target)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(source.Scalars[index]).EncodeToUtf8(bytes)];
        if (Matches(bytes, out var replacement))
        {
            Append(replacement, source.Start(index), source.End(index), target);
        }
        else
        {
            target.Add(source, index, index + 1);
        }
    }

    private bool Matches(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> replacement) => map.TryMatch(bytes, out _, out replacement);
}
