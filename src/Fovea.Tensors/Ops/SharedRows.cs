using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

/// <summary>
/// Rows that enter several products, such as those of queries, keys and values: what the kernels want of them, panels, pairs or integers, is made by the first
/// product and read by the others. It lies in the arena behind the first result, so products must not be asked for after the arena was released below it.
/// </summary>
public unsafe ref struct SharedRows
{
    internal float* Panels;
    internal float* Pairs;
    internal sbyte* Codes;
    internal float* Scales;
    internal IntegerPanels Layout;

    /// <summary>Nothing is computed yet.</summary>
    /// <param name="rows">[rows, inputs], f32; must not change before the last product.</param>
    public SharedRows(Tensor rows)
    {
        Rows = rows;
    }

    /// <summary>[rows, inputs].</summary>
    public readonly Tensor Rows { get; }
}
