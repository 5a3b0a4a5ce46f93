namespace Fovea.Tensors.Autograd;

/// <summary>Pointwise functions besides those of the feed-forward blocks.</summary>
public enum Nonlinearity
{
    /// <summary>1 / (1 + exp(−x)).</summary>
    Sigmoid,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}
