using Fovea.Nn;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Qwen;

/// <summary>
/// Reads the projectors of the Qwen models: the patches of a merged token side by side, two linear layers with gelu between. The norm works on every patch (the merger)
/// or on all of them together (DeepStack), as its width says.
/// </summary>
internal static class QwenMerger
{
    /// <summary>Reads the merger.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static NormedMlp Load(WeightReader weights, QwenVisionConfig config, Compute compute)
    {
        bool old = config.Version != QwenVersion.Qwen3;
        var norm = QwenVisionEncoder.LoadNorm(weights.At(old ? "ln_q" : "norm"), config.HiddenSize, config);
        return new NormedMlp(norm, LoadMlp(old ? weights.At("mlp").At(0) : weights.At("linear_fc1"), old ? weights.At("mlp").At(2) : weights.At("linear_fc2"), config, compute));
    }

    /// <summary>Reads a merger of DeepStack features.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static NormedMlp LoadDeepStack(WeightReader weights, QwenVisionConfig config, Compute compute) => new(
        QwenVisionEncoder.LoadNorm(weights.At("norm"), config.HiddenSize * config.MergedPatches, config),
        LoadMlp(weights.At("linear_fc1"), weights.At("linear_fc2"), config, compute));

    private static Mlp LoadMlp(WeightReader first, WeightReader second, QwenVisionConfig config, Compute compute)
    {
        int width = config.HiddenSize * config.MergedPatches;
        return new Mlp(Linear.Load(first, width, width, bias: true, compute), Linear.Load(second, width, config.OutHiddenSize, bias: true, compute), Activation.Gelu);
    }
}
