using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>x ← f(x), in place.</summary>
    public void Activate(Tensor x, Activation activation)
    {
        foreach (ref float v in x.AsSpan<float>())
        {
            v = activation switch
            {
                Activation.Silu => v / (1 + MathF.Exp(-v)),
                Activation.QuickGelu => v / (1 + MathF.Exp(-1.702f * v)),
                Activation.GeluTanh => 0.5f * v * (1 + MathF.Tanh(0.7978845608028654f * (v + (0.044715f * v * v * v)))),
                _ => (float)(0.5 * v * (1 + Erf(v / Math.Sqrt(2)))),
            };
        }
    }

    /// <summary>gate ← f(gate) ⊙ up, in place.</summary>
    /// <param name="gate">[rows, width].</param>
    /// <param name="up">[rows, width].</param>
    /// <param name="activation">f.</param>
    public void ActivateGated(Tensor gate, Tensor up, Activation activation)
    {
        Activate(gate, activation);
        var g = gate.AsSpan<float>();
        var u = up.AsSpan<float>();
        for (int i = 0; i < g.Length; i++)
        {
            g[i] *= u[i];
        }
    }

    /// <summary>x ← x + y, in place; returns <paramref name="x"/>.</summary>
    public Tensor AddInto(Tensor x, Tensor y)
    {
        System.Numerics.Tensors.TensorPrimitives.Add<float>(x.AsSpan<float>(), y.AsSpan<float>(), x.AsSpan<float>());
        return x;
    }

    private static double Erf(double x)
    {
        double sum = x, term = x;
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
