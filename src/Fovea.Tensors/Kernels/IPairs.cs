namespace Fovea.Tensors.Kernels;

/// <summary>A 16-bit floating-point format of weights. A lane holds two numbers that follow each other along the inputs, the first in its lower half.</summary>
internal interface IPairs
{
    /// <summary>What these pairs are to code that widens them itself.</summary>
    static abstract TileFormat Widened { get; }

    /// <summary>Widens both numbers of every lane exactly.</summary>
    static abstract void Widen<V>(V pairs, out V first, out V second)
        where V : unmanaged, ILanes<V>;
}
