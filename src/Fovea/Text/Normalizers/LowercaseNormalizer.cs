using Fovea.Text.Unicode;

namespace Fovea.Text.Normalizers;

/// <summary>Lower-cases every character by itself with the full Unicode mapping.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        Span<int> mapped = stackalloc int[2];
        for (int i = 0; i < source.Count; i++)
        {
            int count = CaseMapping.ToLower(source.Scalars[i], mapped);
            for (int k = 0; k < count; k++)
            {
                target.Add(mapped[k], source.Start(i), source.End(i));
            }
        }

        return true;
    }
}
