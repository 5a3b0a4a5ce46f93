namespace Fovea.Tensors.Kernels;

/// <summary>
/// A vector of floats of some width, so that a kernel is written once and specialised for every instruction set. Every operation is
/// the same IEEE operation in each lane of each width, so kernels that fix the order of their sums give the same bits at all widths.
/// </summary>
internal unsafe partial interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>1.5·2^23: adding and subtracting it rounds a small float to an integer, ties to even.</summary>
    const float Shift = 12582912f;

    /// <summary>The number of lanes: 1, 4, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Reads <see cref="Count"/> floats of any alignment.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>x · y + z, rounded once where the processor can, and then at every width.</summary>
    static abstract TSelf MultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>The lesser; <paramref name="y"/> where x is NaN, and NaN where y is.</summary>
    static abstract TSelf Min(TSelf x, TSelf y);

    /// <summary>The greater; <paramref name="y"/> where x is NaN, and NaN where y is.</summary>
    static abstract TSelf Max(TSelf x, TSelf y);

    /// <summary><paramref name="negative"/> where x &lt; 0, else <paramref name="other"/>.</summary>
    static abstract TSelf SelectNegative(TSelf x, TSelf negative, TSelf other);

    /// <summary>x · 2^n, rounded once, for n given as <see cref="Shift"/> + n and −250 ≤ n ≤ 250.</summary>
    static abstract TSelf Scale(TSelf x, TSelf n);

    /// <summary>The sum of all lanes, added pairwise: i with i + Count/2, then with i + Count/4 and so on.</summary>
    static abstract float Sum(TSelf x);

    /// <summary>The greatest of all lanes.</summary>
    static abstract float Max(TSelf x);

    /// <summary>Writes <see cref="Count"/> floats of any alignment.</summary>
    void Store(float* destination);

    static abstract TSelf operator +(TSelf x, TSelf y);

    static abstract TSelf operator -(TSelf x, TSelf y);

    static abstract TSelf operator *(TSelf x, TSelf y);

    static abstract TSelf operator /(TSelf x, TSelf y);
}
