using Fovea.Models.Quecc;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Training.Differentiable;

/// <summary>
/// New projectors: linear layers and convolutions uniform within ±1/√fan-in, the fused attention matrix Xavier uniform, norms the identity, the attention's
/// biases zero. The distributions are PyTorch's defaults, the numbers are not.
/// </summary>
internal sealed class QueccInitialization(ulong seed)
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private SplitMix64 _random = new(seed);

    /// <summary>A compressor (<c>quecc.*</c>) and its projector (<c>proj.*</c>), owned by the caller.</summary>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="config">The compressor.</param>
    /// <param name="hidden">Width of the language model.</param>
    /// <param name="layers">Linear layers of the projector.</param>
    public static IReadOnlyDictionary<string, Tensor> Create(ulong seed, QueccConfig config, int hidden, int layers)
    {
        int width = config.Width, levels = width * config.Levels.Count, kernel = config.Grid.Kernel;
        var made = new QueccInitialization(seed);
        made.Uniform("quecc.clip_attn.in_proj_weight", Math.Sqrt(6.0 / (4 * width)), 3 * width, width);
        made.Constant("quecc.clip_attn.in_proj_bias", 0, 3 * width);
        made.Uniform("quecc.clip_attn.out_proj.weight", 1 / Math.Sqrt(width), width, width);
        made.Constant("quecc.clip_attn.out_proj.bias", 0, width);
        foreach (var (map, inputs) in new[] { ("q_proj", width), ("k_proj", levels), ("v_proj", levels) })
        {
            made.Linear($"quecc.{map}.0", inputs, width);
            made.Linear($"quecc.{map}.2", width, width);
            made.Norm($"quecc.{map}.3", width);
        }

        made.Uniform("quecc.q_downsample.weight", 1.0 / kernel, width, 1, kernel, kernel);
        made.Uniform("quecc.q_downsample.bias", 1.0 / kernel, width);
        made.Linear("quecc.text_projection.0", config.TextWidth, width);
        made.Norm("quecc.text_projection.1", width);
        for (int layer = 1; layer <= layers; layer++)
        {
            made.Linear($"proj.{layer}", layer == 1 ? width : hidden, hidden);
        }

        return made._tensors;
    }

    private void Linear(string name, int inputs, int outputs)
    {
        Uniform($"{name}.weight", 1 / Math.Sqrt(inputs), outputs, inputs);
        Uniform($"{name}.bias", 1 / Math.Sqrt(inputs), outputs);
    }

    private void Norm(string name, int width)
    {
        Constant($"{name}.weight", 1, width);
        Constant($"{name}.bias", 0, width);
    }

    private void Uniform(string name, double bound, params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(extents);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)(((2 * _random.NextDouble()) - 1) * bound);
        }

        _tensors.Add(name, tensor);
    }

    private void Constant(string name, float value, int width)
    {
        var tensor = Tensor.Allocate(width);
        tensor.AsSpan<float>().Fill(value);
        _tensors.Add(name, tensor);
    }
}
