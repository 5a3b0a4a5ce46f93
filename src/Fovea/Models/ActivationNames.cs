using Fovea.Tensors.Kernels;

namespace Fovea.Models;

/// <summary>The names of activations in configs.</summary>
internal static class ActivationNames
{
    /// <summary>Reads an activation key.</summary>
    /// <exception cref="InvalidDataException">The name is unknown.</exception>
    public static Activation Activation(this ConfigReader config, string key, string missing) => config.Text(key, missing) switch
    {
        "gelu" => Tensors.Kernels.Activation.Gelu,
        "gelu_pytorch_tanh" or "gelu_new" => Tensors.Kernels.Activation.GeluTanh,
        "quick_gelu" => Tensors.Kernels.Activation.QuickGelu,
        "silu" or "swish" => Tensors.Kernels.Activation.Silu,
        _ => throw config.Wrong(key, "one of gelu, gelu_pytorch_tanh, quick_gelu and silu"),
    };
}
