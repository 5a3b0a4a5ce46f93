namespace Fovea.Text.Normalizers;

/// <summary>Replaces every occurrence of a literal text, from left to right without overlap.</summary>
internal sealed class ReplaceNormalizer(string pattern, string content) : Normalizer
{
    private readonly int[] _pattern = Scalars.Of(pattern);
    private readonly int[] _content = Scalars.Of(content);

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        if (_pattern.Length == 0 || source.Scalars.IndexOf(_pattern) < 0)
        {
            return false;
        }

        for (int i = 0; i < source.Count;)
        {
            if (!source.Scalars[i..].StartsWith(_pattern))
            {
                target.Add(source, i, i + 1);
                i++;
                continue;
            }

            int end = source.End(i + _pattern.Length - 1);
            foreach (int scalar in _content)
            {
                target.Add(scalar, source.Start(i), end);
            }

            i += _pattern.Length;
        }

        return true;
    }
}
