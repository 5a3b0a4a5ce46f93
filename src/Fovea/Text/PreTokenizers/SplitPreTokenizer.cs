namespace Fovea.Text.PreTokenizers;

/// <summary>Cuts words at the matches of a pattern.</summary>
/// <param name="pattern">What is matched, from left to right without overlap.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Exchanges matches and the text between them.</param>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Apply(ScalarBuffer source, ScalarBuffer target)
    {
        target.Add(source, 0, source.Count);
        foreach (var (from, to) in source.Words)
        {
            Split(source.Scalars[from..to], from, target.Words);
        }
    }

    /// <summary>Appends the words of <paramref name="text"/>, shifted by <paramref name="offset"/>.</summary>
    private void Split(ReadOnlySpan<int> text, int offset, List<(int From, int To)> words)
    {
        int first = words.Count;
        bool afterMatch = false;
        for (int at = 0; at < text.Length;)
        {
            int length = pattern.Match(text, at);
            bool isMatch = length > 0;
            int end = isMatch ? at + length : GapEnd(text, at);
            isMatch ^= invert;
            if (Extends(isMatch, afterMatch, any: words.Count > first))
            {
                words[^1] = (words[^1].From, offset + end);
            }
            else if (!isMatch || behavior != SplitBehavior.Removed)
            {
                words.Add((offset + at, offset + end));
            }

            afterMatch = isMatch;
            at = end;
        }
    }

    private bool Extends(bool isMatch, bool afterMatch, bool any) => any && behavior switch
    {
        SplitBehavior.MergedWithPrevious => isMatch && !afterMatch,
        SplitBehavior.MergedWithNext => !isMatch && afterMatch,
        SplitBehavior.Contiguous => isMatch == afterMatch,
        _ => false,
    };

    private int GapEnd(ReadOnlySpan<int> text, int at)
    {
        int end = at + 1;
        while (end < text.Length && pattern.Match(text, end) == 0)
        {
            end++;
        }

        return end;
    }
}
