using Fovea.Text.Unicode;

namespace Fovea.Text.Normalizers;

/// <summary>Removes white space at the chosen ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        int from = 0, to = source.Count;
        while (left && from < to && CharacterClasses.IsSpace(source.Scalars[from]))
        {
            from++;
        }

        while (right && to > from && CharacterClasses.IsSpace(source.Scalars[to - 1]))
        {
            to--;
        }

        target.Add(source, from, to);
        return true;
    }
}
