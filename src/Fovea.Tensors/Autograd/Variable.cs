namespace Fovea.Tensors.Autograd;

/// <summary>A value in a computation that is differentiated, and what flows back to it.</summary>
public class Variable
{
    internal Variable(Tensor value, bool requiresGradient)
    {
        Value = value;
        RequiresGradient = requiresGradient;
    }

    /// <summary>The value, f32. It belongs to the tape, except that of a <see cref="Parameter"/>.</summary>
    public Tensor Value { get; }

    /// <summary>Whether a gradient flows to this value.</summary>
    public bool RequiresGradient { get; }

    /// <summary>d loss / d value in the shape of the value, once <see cref="Tape.Backward(Variable)"/> has run; absent where nothing flowed.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>The extents of the value.</summary>
    public Shape Shape => Value.Shape;
}
