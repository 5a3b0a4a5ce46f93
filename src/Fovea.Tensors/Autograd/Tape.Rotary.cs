using System.Numerics.Tensors;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>Rotary embedding by half rotation; the way back turns by the opposite angle.</summary>
    /// <param name="x">[tokens, heads · d].</param>
    /// <param name="cos">[at least tokens, d/2].</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    /// <exception cref="ArgumentException">The rows are not whole heads, or there are too few angles.</exception>
    public Variable Rotate(Variable x, Tensor cos, Tensor sin)
    {
        var y = Copy(x.Value);
        Compute.Rotate(y, cos, sin);
        return Record(y, [x], gradient =>
        {
            var back = Copy(gradient);
            var opposite = Copy(sin);
            TensorPrimitives.Negate(opposite.AsSpan<float>(), opposite.AsSpan<float>());
            Compute.Rotate(back, cos, opposite);
            Give(x, back);
        });
    }
}
