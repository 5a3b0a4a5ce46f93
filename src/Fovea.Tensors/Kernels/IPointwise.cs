namespace Fovea.Tensors.Kernels;

/// <summary>A function of one number, the same at every width of vector.</summary>
internal interface IPointwise
{
    /// <summary>f(x) in every lane.</summary>
    V Of<V>(V x)
        where V : unmanaged, ILanes<V>;
}
