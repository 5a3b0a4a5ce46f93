using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Qwen;

/// <summary>
/// The projector of the Qwen models: the patches of a merged token side by side, two linear layers with gelu between. The norm works on every patch (the merger)
/// or on all of them together (DeepStack), as its width says.
/// </summary>
internal sealed class QwenMerger : IDisposable
{
    private readonly Norm _norm;
    private readonly Mlp _mlp;

    private QwenMerger(Norm norm, Mlp mlp)
    {
        _norm = norm;
        _mlp = mlp;
    }

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => _mlp.Bytes;

    /// <summary>Multiply-adds per merged token.</summary>
    public long MultiplyAdds => _mlp.MultiplyAdds;

    /// <summary>Reads the merger.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static QwenMerger Load(WeightReader weights, QwenVisionConfig config, Compute compute)
    {
        bool old = config.Version != QwenVersion.Qwen3;
        var norm = QwenVisionEncoder.LoadNorm(weights.At(old ? "ln_q" : "norm"), config.HiddenSize, config);
        return new QwenMerger(norm, LoadMlp(old ? weights.At("mlp").At(0) : weights.At("linear_fc1"), old ? weights.At("mlp").At(2) : weights.At("linear_fc2"), config, compute));
    }

    /// <summary>Reads a merger of DeepStack features.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static QwenMerger LoadDeepStack(WeightReader weights, QwenVisionConfig config, Compute compute) => new(
        QwenVisionEncoder.LoadNorm(weights.At("norm"), config.HiddenSize * config.MergedPatches, config),
        LoadMlp(weights.At("linear_fc1"), weights.At("linear_fc2"), config, compute));

    /// <summary>[rows, merged patches · width] → [rows, hidden size of the language model], rented.</summary>
    public Tensor Forward(Compute compute, Tensor features) => _mlp.Forward(compute, _norm.Forward(compute, features));

    /// <inheritdoc/>
    public void Dispose()
    {
        _norm.Dispose();
        _mlp.Dispose();
    }

    private static Mlp LoadMlp(WeightReader first, WeightReader second, QwenVisionConfig config, Compute compute)
    {
        int width = config.HiddenSize * config.MergedPatches;
        return new Mlp(Linear.Load(first, width, width, bias: true, compute), Linear.Load(second, width, config.OutHiddenSize, bias: true, compute), Activation.Gelu);
    }
}
