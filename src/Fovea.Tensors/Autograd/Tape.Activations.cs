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
        return Record(y, [x], gradient =>
        {
            var slopes = Compute.Rent(x.Shape.ToArray());
            ForPieces(x.Value, (start, count) => ActivationSlopes.Multiply(
                activation, x.Value.AsSpan<float>().Slice(start, count), y.AsSpan<float>().Slice(start, count), gradient.AsSpan<float>().Slice(start, count), slopes.AsSpan<float>().Slice(start, count)));
            Give(x, slopes);
        });
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
        ForPieces(x, (start, count) =>
        {
            Span<float> values = x.AsSpan<float>(), results = y.AsSpan<float>(), source = gradient.AsSpan<float>(), destination = result.AsSpan<float>();
            for (int i = start; i < start + count; i++)
            {
                destination[i] = source[i] * slope(values[i], results[i]);
            }
        });
        return result;
    }

    private void ForPieces(Tensor x, Action<int, int> body)
    {
        int count = (int)x.Shape.Count;
        Compute.ForRows((count + Piece - 1) / Piece, Piece, (start, end) => body(start * Piece, Math.Min(end * Piece, count) - (start * Piece)));
    }
}
