using System.Globalization;

namespace Fovea.Text.Normalizers;

/// <summary>Drops non-spacing marks (category Mn).</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        for (int i = 0; i < source.Count; i++)
        {
            if (CharUnicodeInfo.GetUnicodeCategory(source.Scalars[i]) != UnicodeCategory.NonSpacingMark)
            {
                target.Add(source, i, i + 1);
            }
        }

        return true;
    }
}
