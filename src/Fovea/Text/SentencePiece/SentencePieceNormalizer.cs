using Fovea.Text.Vocabularies;

namespace Fovea.Text.SentencePiece;

/// <summary>What a SentencePiece model does to a text before it is cut: character map, blanks, the blank in front.</summary>
/// <remarks>Source: SentencePiece 0.2, normalizer. Only U+0020 is a blank here.</remarks>
internal sealed class SentencePieceNormalizer(SentencePieceFile file, TokenTrie userDefined)
{
    private readonly int _blank = file.EscapeSpaces ? '▁' : ' ';

    /// <summary>Appends the normalised form of scalars [<paramref name="from"/>, <paramref name="to"/>) of <paramref name="source"/>.</summary>
    /// <param name="source">The text.</param>
    /// <param name="from">First scalar.</param>
    /// <param name="to">End.</param>
    /// <param name="dummyPrefix">Whether to put a blank in front.</param>
    /// <param name="target">Receives the text.</param>
    public void Apply(ScalarBuffer source, int from, int to, bool dummyPrefix, ScalarBuffer target)
    {
        Span<int> one = stackalloc int[1];
        int at = from;
        while (file.RemoveExtraSpaces && at < to && Prefix(source.Scalars[at..to], one, out int blank) is [' '])
        {
            at += blank;
        }

        if (at >= to)
        {
            return;
        }

        int first = target.Count;
        if (dummyPrefix)
        {
            target.Add(_blank, source.Start(at), source.Start(at));
        }

        bool afterBlank = file.RemoveExtraSpaces;
        while (at < to)
        {
            var text = Prefix(source.Scalars[at..to], one, out int length);
            int start = source.Start(at), end = source.End(at + length - 1);
            at += length;
            while (afterBlank && text.Length > 0 && text[0] == ' ')
            {
                text = text[1..];
            }

            foreach (int scalar in text)
            {
                target.Add(scalar == ' ' ? _blank : scalar, start, end);
            }

            afterBlank = file.RemoveExtraSpaces && (text.Length > 0 ? text[^1] == ' ' : afterBlank);
        }

        while (file.RemoveExtraSpaces && target.Count > first && target.Scalars[^1] == _blank)
        {
            target.Truncate(target.Count - 1);
        }
    }

    /// <summary>What the start of a text becomes, and how many scalars of it that takes.</summary>
    private ReadOnlySpan<int> Prefix(ReadOnlySpan<int> text, Span<int> one, out int length)
    {
        length = userDefined.Longest(text, 0).Length;
        if (length > 0)
        {
            return text[..length];
        }

        if (file.Characters.TryMatch(text, shortest: false, out length, out var mapped))
        {
            return mapped;
        }

        length = 1;
        one[0] = text[0];
        return one;
    }
}
