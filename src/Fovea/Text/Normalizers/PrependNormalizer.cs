namespace Fovea.Text.Normalizers;

/// <summary>Puts a text in front of every piece that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    private readonly int[] _prefix = Scalars.Of(prefix);

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        if (source.Count == 0 || _prefix.Length == 0)
        {
            return false;
        }

        int start = source.Start(0);
        foreach (int scalar in _prefix)
        {
            target.Add(scalar, start, start);
        }

        target.Add(source, 0, source.Count);
        return true;
    }
}
