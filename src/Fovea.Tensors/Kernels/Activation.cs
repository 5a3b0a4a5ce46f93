namespace Fovea.Tensors.Kernels;

/// <summary>Pointwise functions between the two matrices of a feed-forward block.</summary>
public enum Activation
{
    /// <summary>x · ½(1 + erf(x / √2)); "gelu" in configs.</summary>
    Gelu,

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))); "gelu_pytorch_tanh".</summary>
    GeluTanh,

    /// <summary>x · σ(1.702x); "quick_gelu".</summary>
    QuickGelu,

    /// <summary>x · σ(x); "silu".</summary>
    Silu,
}
