using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

/// <summary>
/// Reverse-mode differentiation: operations compute forward through a <see cref="Ops.Compute"/> and note how a gradient goes back through them.
/// The tape owns every value and gradient made on it, except those of parameters; they are given back by <see cref="Reset"/> and <see cref="Dispose"/>.
/// Not safe for concurrent use.
/// </summary>
/// <remarks>Results and gradients are the same to the last bit for a number of threads. Values are rented from the arena of the computation, so the
/// second step of a training loop allocates no tensor memory.</remarks>
public sealed partial class Tape : IDisposable
{
    private readonly List<Entry> _entries = [];
    private readonly Arena.Mark _start;
    private bool _detached;

    /// <summary>Starts a tape on a computation, which must not be released below its present top while the tape is in use.</summary>
    public Tape(Compute compute)
    {
        Compute = compute;
        _start = compute.Arena.Top;
    }

    /// <summary>Where operations run.</summary>
    public Compute Compute { get; }

    /// <summary>
    /// Whether what enters <see cref="Linear"/> and <see cref="MatrixProduct"/>, forward and back, is rounded to bf16 (to nearest, ties to even). Sums stay f32,
    /// and so do values, gradients and parameters; the rounding itself counts as the identity on the way back.
    /// </summary>
    public bool RoundsProducts { get; init; }

    /// <summary>A value to which no gradient flows. The tensor is borrowed.</summary>
    public Variable Constant(Tensor value) => new(value, requiresGradient: false);

    /// <summary>A leaf whose gradient is wanted. The tensor is borrowed.</summary>
    public Variable Leaf(Tensor value) => new(value, requiresGradient: true);

    /// <summary>Computes the gradients of a loss with respect to everything on the tape that requires one.</summary>
    /// <exception cref="ArgumentException">The loss is not one number.</exception>
    public void Backward(Variable loss)
    {
        Compute.Check(loss.Shape.Count == 1, loss.Value, $"is not one number, so not a loss");
        var seed = Compute.Rent(loss.Shape.ToArray());
        seed.AsSpan<float>()[0] = 1;
        Backward(loss, seed);
    }

    /// <summary>Computes the gradients of Σ result ⊙ <paramref name="gradient"/>. The tape is used up: nothing goes back through it a second time.</summary>
    /// <exception cref="ArgumentException">The gradient has another shape than the result.</exception>
    public void Backward(Variable result, Tensor gradient)
    {
        Compute.Check(gradient.Shape.Count == result.Shape.Count, gradient, $"has not the shape of the result {result.Value}");
        if (!result.RequiresGradient)
        {
            return;
        }

        Add(result, gradient);
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Result.Gradient is { } flowing)
            {
                _entries[i].Backward(flowing);
            }
        }

        _entries.Clear();
    }

    /// <summary>Runs a segment through which no gradient flows, and keeps nothing of it but its result.</summary>
    /// <param name="segment">Computes on the tape that it is given.</param>
    public Variable Detach(Func<Tape, Variable> segment)
    {
        var mark = Compute.Arena.Top;
        bool outside = _detached;
        _detached = true;
        try
        {
            return Constant(Keep(segment(this).Value, mark));
        }
        finally
        {
            _detached = outside;
        }
    }

    /// <summary>
    /// Runs a segment without keeping what it computes; the way back computes it once more (arXiv 1604.06174). The memory of a segment is its input,
    /// its output, and while it goes back, itself.
    /// </summary>
    /// <param name="input">What goes in.</param>
    /// <param name="segment">A pure function of its input and of parameters, called twice, each time with a tape to compute on.</param>
    public Variable Checkpoint(Variable input, Func<Tape, Variable, Variable> segment)
    {
        var output = Detach(tape => segment(tape, input)).Value;
        if (_detached)
        {
            return Constant(output);
        }

        var result = new Variable(output, requiresGradient: true);
        _entries.Add(new Entry(result, gradient =>
        {
            var mark = Compute.Arena.Top;
            var tape = new Tape(Compute) { RoundsProducts = RoundsProducts };
            var leaf = tape.Leaf(input.Value);
            tape.Backward(segment(tape, leaf), gradient);
            switch (input.RequiresGradient ? leaf.Gradient : null, input.Gradient)
            {
                case ({ } inner, null):
                    input.Gradient = Keep(inner, mark);
                    break;
                case ({ } inner, { } sum):
                    Compute.AddInto(sum, inner);
                    Compute.Arena.Release(mark);
                    break;
                default:
                    Compute.Arena.Release(mark);
                    break;
            }
        }));
        return result;
    }

    /// <summary>Forgets all that was recorded and gives its memory back. Variables of the tape must not be read any more.</summary>
    public void Reset()
    {
        _entries.Clear();
        Compute.Arena.Release(_start);
    }

    /// <summary>As <see cref="Reset"/>.</summary>
    public void Dispose() => Reset();

    private Variable Record(Tensor value, ReadOnlySpan<Variable?> inputs, Action<Tensor> backward)
    {
        bool requires = false;
        foreach (var input in inputs)
        {
            requires |= !_detached && input is { RequiresGradient: true };
        }

        var result = new Variable(value, requires);
        if (requires)
        {
            _entries.Add(new Entry(result, backward));
        }

        return result;
    }

    /// <summary>Lets a copy of a gradient flow to a variable.</summary>
    private void Add(Variable to, Tensor gradient)
    {
        if (to.Gradient is { } sum)
        {
            Compute.AddInto(sum, gradient);
        }
        else
        {
            to.Gradient = Copy(gradient).Reshape(to.Shape.ToArray());
        }
    }

    /// <summary>Lets a gradient flow that nothing else holds.</summary>
    private void Give(Variable to, Tensor gradient)
    {
        if (to.Gradient is { } sum)
        {
            Compute.AddInto(sum, gradient);
        }
        else
        {
            to.Gradient = gradient.Reshape(to.Shape.ToArray());
        }
    }

    private Tensor Copy(Tensor source)
    {
        var copy = Compute.Rent(source.Shape.ToArray());
        source.AsSpan<float>().CopyTo(copy.AsSpan<float>());
        return copy;
    }

    /// <summary>Gives back all that was rented since a mark but one result, whose numbers move down to the mark.</summary>
    private Tensor Keep(Tensor result, Arena.Mark mark)
    {
        ReadOnlySpan<float> numbers = result.AsSpan<float>();
        int[] extents = result.Shape.ToArray();
        Compute.Arena.Release(mark);
        var kept = Compute.Rent(extents);
        numbers.CopyTo(kept.AsSpan<float>());
        return kept;
    }

    private Tensor Zeros(Shape shape)
    {
        var zeros = Compute.Rent(shape.ToArray());
        zeros.AsSpan<float>().Clear();
        return zeros;
    }

    private readonly record struct Entry(Variable Result, Action<Tensor> Backward);
}
