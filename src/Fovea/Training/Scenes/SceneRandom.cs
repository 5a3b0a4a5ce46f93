namespace Fovea.Training.Scenes;

/// <summary>The generator's random numbers: SplitMix64. Every draw takes one step.</summary>
/// <remarks>Source: S. Vigna's public-domain <c>splitmix64.c</c>.</remarks>
public sealed class SceneRandom
{
    private ulong _state;

    /// <summary>Starts at a seed.</summary>
    public SceneRandom(ulong seed) => _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state = unchecked(_state + 0x9E3779B97F4A7C15);
        ulong z = unchecked((_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/> inclusive.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="part"/> of <paramref name="whole"/> cases.</summary>
    public bool Chance(int part, int whole) => Below(whole) < part;

    /// <summary>One of a list.</summary>
    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    /// <summary>Puts a list into random order, from its end.</summary>
    public void Shuffle<T>(IList<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
