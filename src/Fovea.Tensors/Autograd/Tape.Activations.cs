using System.Numerics.Tensors;
using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    private const int Piece = 4096;

    /// <summary>f(x) for the functions of the feed-forward blocks.</summary>
    public Variable Activate(Variable x, Activation activation)
    {
        var y = Copy(x.Value);
        Compute.Activate(y, activation);
        return Record(y, [x], gradient => Give(x, Slopes(x.Value, y, gradient, (value, result) => Slope(activation, value, result))));
    }

    /// <summary>f(x).</summary>
    public Variable Activate(Variable x, Nonlinearity function)
    {
        var y = Compute.Rent(x.Shape.ToArray());
        ReadOnlySpan<float> source = x.Value.AsSpan<float>();
        var destination = y.AsSpan<float>();
        switch (function)
        {
            case Nonlinearity.Sigmoid:
                TensorPrimitives.Sigmoid(source, destination);
                break;
            case Nonlinearity.Tanh:
                TensorPrimitives.Tanh(source, destination);
                break;
            default:
                TensorPrimitives.Max(source, 0f, destination);
                break;
        }

        return Record(y, [x], gradient => Give(x, Slopes(x.Value, y, gradient, function switch
        {
            Nonlinearity.Sigmoid => static (_, result) => result * (1 - result),
            Nonlinearity.Tanh => static (_, result) => 1 - (result * result),
            _ => static (_, result) => result > 0 ? 1 : 0,
        })));
    }

    private Tensor Slopes(Tensor x, Tensor y, Tensor gradient, Func<float, float, float> slope)
    {
        var result = Compute.Rent(x.Shape.ToArray());
        int count = (int)x.Shape.Count;
        Compute.ForRows((count + Piece - 1) / Piece, Piece, (start, end) =>
        {
            Span<float> values = x.AsSpan<float>(), results = y.AsSpan<float>(), source = gradient.AsSpan<float>(), destination = result.AsSpan<float>();
            for (int i = start * Piece; i < Math.Min(end * Piece, count); i++)
            {
                destination[i] = source[i] * slope(values[i], results[i]);
            }
        });
        return result;
    }

    /// <summary>f'(x). All these functions are x times a gate that rises from 0 to 1, so the gate is f(x) / x, and near zero its tangent.</summary>
    private static float Slope(Activation activation, float x, float y)
    {
        const float TwoOverPiRoot = 0.7978845608f, Cubic = 0.044715f;
        float tangent = activation switch
        {
            Activation.Silu => 0.25f,
            Activation.QuickGelu => 1.702f / 4,
            _ => TwoOverPiRoot / 2,
        };
        float gate = MathF.Abs(x) < 1e-4f ? 0.5f + (tangent * x) : y / x;
        switch (activation)
        {
            case Activation.Gelu:
                return gate + (x * TwoOverPiRoot / 2 * MathF.Exp(-x * x / 2));
            case Activation.GeluTanh:
                return gate + (2 * x * gate * (1 - gate) * TwoOverPiRoot * (1 + (3 * Cubic * x * x)));
            case Activation.QuickGelu:
                return gate * (1 + (1.702f * x * (1 - gate)));
            default:
                return gate * (1 + (x * (1 - gate)));
        }
    }
}
