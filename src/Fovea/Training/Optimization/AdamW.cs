using System.Numerics;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Optimization;

/// <summary>Adam with decoupled weight decay (arXiv 1711.05101): the parameter shrinks by 1 − rate · decay before the step.</summary>
/// <remarks>Moments are f32. Numbers are independent of each other, so a step gives the same bits on any number of threads.</remarks>
public sealed class AdamW : IDisposable
{
    private readonly Dictionary<Parameter, (Tensor First, Tensor Second)> _moments = [];

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="groups">What is trained; a parameter belongs to one group.</param>
    public AdamW(IReadOnlyList<ParameterGroup> groups)
    {
        Groups = groups;
        foreach (var parameter in groups.SelectMany(group => group.Parameters))
        {
            _moments.Add(parameter, (Tensor.Allocate(parameter.Shape.ToArray()), Tensor.Allocate(parameter.Shape.ToArray())));
        }
    }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>β₁, the memory of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂, the memory of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Steps taken.</summary>
    public int Steps { get; set; }

    /// <summary>The running mean of the gradient.</summary>
    /// <exception cref="KeyNotFoundException">The parameter belongs to no group.</exception>
    public Tensor FirstMoment(Parameter parameter) => _moments[parameter].First;

    /// <summary>The running mean of the squared gradient.</summary>
    /// <exception cref="KeyNotFoundException">The parameter belongs to no group.</exception>
    public Tensor SecondMoment(Parameter parameter) => _moments[parameter].Second;

    /// <summary>Moves every parameter against its gradient.</summary>
    /// <param name="learningRate">The rate of a group whose factor is one.</param>
    /// <param name="gradientScale">A factor of all gradients, such as that of clipping.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        Steps++;
        double firstBias = 1 - Math.Pow(Beta1, Steps), secondBias = 1 - Math.Pow(Beta2, Steps);
        foreach (var group in Groups)
        {
            double rate = learningRate * group.RateFactor;
            foreach (var parameter in group.Parameters)
            {
                var (first, second) = _moments[parameter];
                Move(parameter, first.AsSpan<float>(), second.AsSpan<float>(), (float)gradientScale, (float)(1 - (rate * group.WeightDecay)), rate / firstBias, secondBias);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (first, second) in _moments.Values)
        {
            first.Dispose();
            second.Dispose();
        }

        _moments.Clear();
    }

    private void Move(Parameter parameter, Span<float> first, Span<float> second, float scale, float keep, double rate, double secondBias)
    {
        Span<float> values = parameter.Value.AsSpan<float>(), gradients = parameter.Slope.AsSpan<float>();
        float beta1 = (float)Beta1, beta2 = (float)Beta2, rest1 = (float)(1 - Beta1), rest2 = (float)(1 - Beta2);
        float step = (float)rate, root = (float)(1 / Math.Sqrt(secondBias)), epsilon = (float)Epsilon;
        int whole = values.Length - (values.Length % Vector<float>.Count);
        for (int i = 0; i < whole; i += Vector<float>.Count)
        {
            var gradient = new Vector<float>(gradients[i..]) * scale;
            var mean = (beta1 * new Vector<float>(first[i..])) + (rest1 * gradient);
            var square = (beta2 * new Vector<float>(second[i..])) + (rest2 * gradient * gradient);
            mean.CopyTo(first[i..]);
            square.CopyTo(second[i..]);
            ((new Vector<float>(values[i..]) * keep) - (step * mean / ((Vector.SquareRoot(square) * root) + new Vector<float>(epsilon)))).CopyTo(values[i..]);
        }

        for (int i = whole; i < values.Length; i++)
        {
            float gradient = gradients[i] * scale;
            first[i] = (beta1 * first[i]) + (rest1 * gradient);
            second[i] = (beta2 * second[i]) + (rest2 * gradient * gradient);
            values[i] = (values[i] * keep) - (step * first[i] / ((MathF.Sqrt(second[i]) * root) + epsilon));
        }
    }
}
