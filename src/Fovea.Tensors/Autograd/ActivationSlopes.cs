using System.Numerics;
using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Autograd;

/// <summary>
/// The derivatives of the functions of feed-forward blocks. All are x times a gate that rises from 0 to 1, so the gate is f(x) / x, and near zero its
/// tangent.
/// </summary>
internal static class ActivationSlopes
{
    private const float TwoOverPiRoot = 0.7978845608f, Cubic = 0.044715f, Quick = 1.702f, NearZero = 1e-4f;

    /// <summary>result ← gradient ⊙ f'(x).</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">What went in.</param>
    /// <param name="y">What came out.</param>
    /// <param name="gradient">What flows back.</param>
    /// <param name="result">As long as the others.</param>
    public static void Multiply(Activation activation, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> gradient, Span<float> result)
    {
        int whole = x.Length - (x.Length % Vector<float>.Count);
        for (int i = 0; i < whole; i += Vector<float>.Count)
        {
            (new Vector<float>(gradient[i..]) * Slope(activation, new Vector<float>(x[i..]), new Vector<float>(y[i..]))).CopyTo(result[i..]);
        }

        if (whole == x.Length)
        {
            return;
        }

        // The rest is computed in the same lanes, so that a number gives the same bits wherever it stands.
        Span<float> rest = stackalloc float[3 * Vector<float>.Count];
        rest.Clear();
        Span<float> left = rest[..Vector<float>.Count], right = rest.Slice(Vector<float>.Count, Vector<float>.Count);
        x[whole..].CopyTo(left);
        y[whole..].CopyTo(right);
        var slopes = rest[(2 * Vector<float>.Count)..];
        Slope(activation, new Vector<float>(left), new Vector<float>(right)).CopyTo(slopes);
        for (int i = whole; i < x.Length; i++)
        {
            result[i] = gradient[i] * slopes[i - whole];
        }
    }

    private static Vector<float> Slope(Activation activation, Vector<float> x, Vector<float> y)
    {
        float tangent = activation switch
        {
            Activation.Silu => 0.25f,
            Activation.QuickGelu => Quick / 4,
            _ => TwoOverPiRoot / 2,
        };
        var near = Vector.LessThan(Vector.Abs(x), new Vector<float>(NearZero));
        var gate = Vector.ConditionalSelect(near, new Vector<float>(0.5f) + (x * tangent), y / Vector.ConditionalSelect(near, Vector<float>.One, x));
        var rest = Vector<float>.One - gate;
        return activation switch
        {
            Activation.Gelu => gate + (x * (TwoOverPiRoot / 2) * Vector.Exp(x * x * -0.5f)),
            Activation.GeluTanh => gate + (x * 2 * gate * rest * (Vector<float>.One + (x * x * (3 * Cubic))) * TwoOverPiRoot),
            Activation.QuickGelu => gate * (Vector<float>.One + (x * Quick * rest)),
            _ => gate * (Vector<float>.One + (x * rest)),
        };
    }
}
