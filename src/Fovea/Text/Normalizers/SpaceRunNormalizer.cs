using Fovea.Text.Unicode;

namespace Fovea.Text.Normalizers;

/// <summary>Replaces every run of white space (the expression <c>\s+</c>).</summary>
internal sealed class SpaceRunNormalizer(string content) : Normalizer
{
    private readonly int[] _content = Scalars.Of(content);

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        for (int i = 0; i < source.Count;)
        {
            int end = i;
            while (end < source.Count && CharacterClasses.IsSpace(source.Scalars[end]))
            {
                end++;
            }

            if (end == i)
            {
                target.Add(source, i, ++i);
                continue;
            }

            foreach (int scalar in _content)
            {
                target.Add(scalar, source.Start(i), source.End(end - 1));
            }

            i = end;
        }

        return true;
    }
}
