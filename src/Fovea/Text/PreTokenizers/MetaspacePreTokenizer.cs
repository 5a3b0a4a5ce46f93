namespace Fovea.Text.PreTokenizers;

/// <summary>Writes blanks as a visible character, puts one in front, and cuts before each.</summary>
/// <param name="replacement">The visible character, U+2581 in practice.</param>
/// <param name="scheme">Which pieces get one in front, unless they begin with one.</param>
/// <param name="split">Whether each begins a word.</param>
internal sealed class MetaspacePreTokenizer(int replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Apply(ScalarBuffer source, ScalarBuffer target)
    {
        foreach (var (from, to) in source.Words)
        {
            int first = target.Count;
            int start = source.Start(from);
            bool prepend = scheme == PrependScheme.Always || (scheme == PrependScheme.First && start == 0);
            if (prepend && source.Scalars[from] != ' ' && source.Scalars[from] != replacement)
            {
                target.Add(replacement, start, start);
            }

            for (int i = from; i < to; i++)
            {
                int scalar = source.Scalars[i];
                target.Add(scalar == ' ' ? replacement : scalar, source.Start(i), source.End(i));
            }

            Cut(first, target);
        }
    }

    private void Cut(int first, ScalarBuffer target)
    {
        for (int i = first + 1; split && i < target.Count; i++)
        {
            if (target.Scalars[i] == replacement)
            {
                target.Words.Add((first, i));
                first = i;
            }
        }

        target.Words.Add((first, target.Count));
    }
}
