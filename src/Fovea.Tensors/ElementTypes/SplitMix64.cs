namespace Fovea.Tensors.ElementTypes;

/// <summary>A small seeded generator of 64-bit numbers; the same seed gives the same numbers everywhere.</summary>
/// <remarks>G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with the usual output function (mix 13).</remarks>
public struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number, uniform over all 64-bit numbers.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>The next number modulo <paramref name="bound"/>: 0 to bound − 1. The bias of the remainder, below bound / 2^64, is accepted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A bound below one.</exception>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(Next() % (ulong)bound);
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
