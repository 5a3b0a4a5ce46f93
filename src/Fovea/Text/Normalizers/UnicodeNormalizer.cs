using Fovea.Text.Unicode;

namespace Fovea.Text.Normalizers;

/// <summary>The Unicode normalization forms C, D, KC and KD.</summary>
/// <param name="compose">True for C and KC.</param>
/// <param name="compatible">True for KC and KD.</param>
/// <remarks>Source: Unicode Standard Annex #15.</remarks>
internal sealed class UnicodeNormalizer(bool compose, bool compatible) : Normalizer
{
    // Below this value no text can change under the form.
    private readonly int _inert = compatible ? 0xA0 : compose ? 0x300 : 0xC0;

    /// <inheritdoc/>
    public override bool Apply(ScalarBuffer source, ScalarBuffer target)
    {
        if (!source.Scalars.ContainsAnyInRange(_inert, 0x10FFFF))
        {
            return false;
        }

        for (int i = 0; i < source.Count; i++)
        {
            Decomposition.Append(target, source.Scalars[i], source.Start(i), source.End(i), compatible);
        }

        Reorder(target);
        if (compose)
        {
            Compose(target);
        }

        return true;
    }

    private static void Reorder(ScalarBuffer text)
    {
        for (int i = 0; i < text.Count; i++)
        {
            if (Decomposition.CombiningClass(text.Scalars[i]) == 0)
            {
                continue;
            }

            int end = i + 1;
            while (end < text.Count && Decomposition.CombiningClass(text.Scalars[end]) != 0)
            {
                end++;
            }

            text.SortStable(i, end, Decomposition.CombiningClass);
            i = end;
        }
    }

    private static void Compose(ScalarBuffer text)
    {
        int starter = -1, write = 0;

        // Class of the last mark kept after the starter; −1 if there is none.
        int last = -1;
        for (int read = 0; read < text.Count; read++)
        {
            int scalar = text.Scalars[read];
            int combining = Decomposition.CombiningClass(scalar);
            if (starter >= 0 && last < combining && Decomposition.TryCompose(text.Scalars[starter], scalar, out int composed))
            {
                text.Set(starter, composed, Math.Min(text.Start(starter), text.Start(read)), Math.Max(text.End(starter), text.End(read)));
                continue;
            }

            text.Set(write, scalar, text.Start(read), text.End(read));
            (starter, last) = combining == 0 ? (write, -1) : (starter, combining);
            write++;
        }

        text.Truncate(write);
    }
}
