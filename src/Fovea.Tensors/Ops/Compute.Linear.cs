namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>y = x·Wᵀ + b.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">W [outputs, inputs].</param>
    /// <param name="bias">b [outputs], or none.</param>
    /// <returns>y [rows, outputs], rented. A row's value depends on that row and the weights alone.</returns>
    public Tensor Linear(Tensor x, PackedMatrix weight, Tensor? bias = null)
    {
        var y = Rent(x.Rows, weight.Outputs);
        for (int r = 0; r < x.Rows; r++)
        {
            var xr = x.Row<float>(r);
            var yr = y.Row<float>(r);
            for (int o = 0; o < weight.Outputs; o++)
            {
                yr[o] = System.Numerics.Tensors.TensorPrimitives.Dot<float>(weight.Data.Row<float>(o), xr) + (bias is null ? 0 : bias.AsSpan<float>()[o]);
            }
        }

        return y;
    }

    /// <summary>C = A·Bᵀ of two activations, such as all similarities of two sets of tokens.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k].</param>
    /// <returns>C [m, n], rented.</returns>
    public Tensor Products(Tensor a, Tensor b)
    {
        var c = Rent(a.Rows, b.Rows);
        for (int i = 0; i < a.Rows; i++)
        {
            for (int j = 0; j < b.Rows; j++)
            {
                c.Row<float>(i)[j] = System.Numerics.Tensors.TensorPrimitives.Dot<float>(a.Row<float>(i), b.Row<float>(j));
            }
        }

        return c;
    }
}
