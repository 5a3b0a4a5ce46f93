namespace Fovea.Tensors.Kernels;

/// <summary>What is done with the finished sums y of a product.</summary>
internal enum EpilogueKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>y ← f(y).</summary>
    Activate,

    /// <summary>y ← f(gate) ⊙ y.</summary>
    Gate,

    /// <summary>x ← x + y for another matrix x.</summary>
    Add,
}
