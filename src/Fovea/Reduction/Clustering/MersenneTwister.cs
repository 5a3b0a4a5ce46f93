namespace Fovea.Reduction.Clustering;

/// <summary>The generator MT19937 (Matsumoto and Nishimura 1998), for clusterings whose published result depends on its numbers.</summary>
public sealed class MersenneTwister
{
    private const int Size = 624, Offset = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>Seeds it.</summary>
    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (int i = 1; i < Size; i++)
        {
            _state[i] = unchecked((1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i);
        }
    }

    /// <summary>The next 32 bits.</summary>
    public uint Next()
    {
        if (_next == Size)
        {
            Refill();
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680u;
        y ^= (y << 15) & 0xEFC60000u;
        return y ^ (y >> 18);
    }

    /// <summary>A permutation of 0 … count − 1: place i is exchanged with place i + (next mod (count − i)), from the front.</summary>
    public static int[] Permutation(int count, uint seed)
    {
        var random = new MersenneTwister(seed);
        int[] places = [.. Enumerable.Range(0, count)];
        for (int i = 0; i + 1 < count; i++)
        {
            int other = i + (int)(random.Next() % (uint)(count - i));
            (places[i], places[other]) = (places[other], places[i]);
        }

        return places;
    }

    private void Refill()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = (_state[i] & 0x80000000u) | (_state[(i + 1) % Size] & 0x7FFFFFFFu);
            _state[i] = _state[(i + Offset) % Size] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908B0DFu : 0);
        }

        _next = 0;
    }
}
