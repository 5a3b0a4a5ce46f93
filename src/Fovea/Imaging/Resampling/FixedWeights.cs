namespace Fovea.Imaging.Resampling;

/// <summary><see cref="AxisWeights"/> as integers with <paramref name="Bits"/> fraction bits.</summary>
internal sealed record FixedWeights(int[] Starts, int[] Counts, int Stride, int[] Weights, int Bits)
{
    /// <summary>Half a unit of the result, to which the products are added.</summary>
    public int Half => Bits == 0 ? 0 : 1 << (Bits - 1);

    public ReadOnlySpan<int> Of(int output) => Weights.AsSpan(output * Stride, Counts[output]);
}
