using System.Text;

namespace Fovea.Text.PreTokenizers;

/// <summary>Writes every UTF-8 byte as one character of the <see cref="ByteAlphabet"/>, after an optional blank in front and an optional split by the GPT-2 expression.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly Gpt2Pattern Expression = new();

    /// <inheritdoc/>
    public override void Apply(ScalarBuffer source, ScalarBuffer target)
    {
        foreach (var (from, to) in source.Words)
        {
            bool prefix = addPrefixSpace && source.Scalars[from] != ' ';
            if (!useRegex)
            {
                Write(source, from, to, prefix, target);
                continue;
            }

            int at = from;
            if (prefix)
            {
                at = from + PrefixedMatch(source.Scalars[from..to]);
                Write(source, from, at, prefix: true, target);
            }

            while (at < to)
            {
                int end = at + Expression.Match(source.Scalars[from..to], at - from);
                Write(source, at, end, prefix: false, target);
                at = end;
            }
        }
    }

    /// <summary>How much of <paramref name="text"/> the first match takes when a blank stands before it.</summary>
    private static int PrefixedMatch(ReadOnlySpan<int> text)
    {
        // A blank joins the run of whatever class follows; before white space it stands alone, and with it all but the last of that run.
        var kind = Unicode.CharacterClasses.Of(text[0]);
        int end = Scan.Run(text, 0, kind);
        return kind != Unicode.CharacterClass.Space || end == text.Length ? end : end - 1;
    }

    private static void Write(ScalarBuffer source, int from, int to, bool prefix, ScalarBuffer target)
    {
        int first = target.Count;
        if (prefix)
        {
            target.Add(ByteAlphabet.CharacterOf((byte)' '), source.Start(from), source.Start(from));
        }

        Span<byte> bytes = stackalloc byte[4];
        for (int i = from; i < to; i++)
        {
            int length = new Rune(source.Scalars[i]).EncodeToUtf8(bytes);
            for (int k = 0; k < length; k++)
            {
                target.Add(ByteAlphabet.CharacterOf(bytes[k]), source.Start(i), source.End(i));
            }
        }

        target.Words.Add((first, target.Count));
    }
}
