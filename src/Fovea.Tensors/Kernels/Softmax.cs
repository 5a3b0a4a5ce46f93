namespace Fovea.Tensors.Kernels;

/// <summary>Probabilities from logits.</summary>
public static unsafe class Softmax
{
    /// <summary>
    /// destination[i] = e^(x[i] − max x) / Σ e^(x[j] − max x). Logits of −∞ get zero; NaN anywhere, or nothing above −∞, makes every result NaN.
    /// The order of summation is fixed.
    /// </summary>
    /// <param name="x">The logits.</param>
    /// <param name="destination">As long as <paramref name="x"/>; the two may be the same, but not overlap otherwise.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Apply(ReadOnlySpan<float> x, Span<float> destination)
    {
        if (destination.Length != x.Length)
        {
            throw new ArgumentException($"{x.Length} logits do not give {destination.Length} probabilities.", nameof(destination));
        }

        x.CopyTo(destination);
        fixed (float* row = destination)
        {
            KernelSet.Default.Softmax(row, destination.Length);
        }
    }

    internal static void Row<V>(float* row, int count)
        where V : unmanaged, ILanes<V>
    {
        float sum = Sums.Apply<V, AttentionRow.Exponent>(row, count, new(1, Sums.Max<V>(row, count)));
        Pointwise.Apply<V, AttentionRow.Scaled>(row, row, count, new(1 / sum));
    }
}
