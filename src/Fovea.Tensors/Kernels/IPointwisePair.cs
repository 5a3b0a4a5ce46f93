namespace Fovea.Tensors.Kernels;

/// <summary>A function of two numbers, the same at every width of vector.</summary>
internal interface IPointwisePair
{
    /// <summary>f(x, y) in every lane.</summary>
    V Of<V>(V x, V y)
        where V : unmanaged, ILanes<V>;
}
