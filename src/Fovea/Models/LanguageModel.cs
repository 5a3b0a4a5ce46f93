using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// The one language model, configured for Llama, Mistral, InternLM2, Qwen2 and Qwen3: embedding, layers, final norm, head. It has no loop of its own;
/// whoever drives it may shrink the token axis between layers.
/// </summary>
public sealed class LanguageModel : IDisposable
{
    private readonly DecoderLayer[] _layers;
    private readonly RmsNorm _norm;
    private readonly Linear _head;

    private LanguageModel(TextConfig config, Embedding embedding, DecoderLayer[] layers, RmsNorm norm, Linear head)
    {
        Config = config;
        Embedding = embedding;
        _layers = layers;
        _norm = norm;
        _head = head;
        Rotary = new RotaryEmbedding(config.HeadDim, config.RopeTheta, config.MaxPositionEmbeddings, config.RopeScaling, config.RopeAxes);
    }

    /// <summary>Sizes.</summary>
    public TextConfig Config { get; }

    /// <summary>The table of input rows.</summary>
    public Embedding Embedding { get; }

    /// <summary>The layers, first to last.</summary>
    public IReadOnlyList<DecoderLayer> Layers => _layers;

    /// <summary>Positions to cosines and sines.</summary>
    public RotaryEmbedding Rotary { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _layers.Sum(layer => layer.Bytes) + _head.Bytes;

    /// <summary>Reads <c>lm.*</c> and <c>lm_head.weight</c>. A head that is neither tied nor stored is taken from the embedding.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="compute">Packs the weights.</param>
    /// <param name="cache">How the entries of caches are kept; none = in 32 bits where the weights are, else as bf16.</param>
    /// <param name="progress">Told the share of the layers that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static LanguageModel Load(
        WeightReader weights, TextConfig config, Compute compute, KvCacheType? cache = null, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var model = weights.At("lm");
        var embedding = Embedding.Load(model.At("embed_tokens"), config.VocabSize, config.HiddenSize);

        // Packing reads the largest matrix whole: first, while little else is held.
        bool stored = !config.TieWordEmbeddings && weights.Has("lm_head.weight");
        weights.Ignore(name => config.TieWordEmbeddings && name == "lm_head.weight");
        var head = stored
            ? Linear.Load(weights.At("lm_head"), config.HiddenSize, config.VocabSize, bias: false, compute)
            : Linear.Of(weights.At("lm_head"), StoredMatrix.Of(embedding.Table, weights.At("lm_head").Format(config.HiddenSize)), compute);
        var layers = new DecoderLayer[config.NumHiddenLayers];
        for (int i = 0; i < layers.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            layers[i] = DecoderLayer.Load(model.At("layers").At(i), config, i, compute);
            progress?.Invoke((i + 1.0) / layers.Length);
        }

        bool wide = embedding.Table.ElementType == ElementType.F32
            && weights.Matrices.All(matrix => matrix.Format == WeightFormat.F32 || !matrix.Canonical.StartsWith("lm.", StringComparison.Ordinal));
        return new LanguageModel(config, embedding, layers, RmsNorm.Load(model.At("norm"), config.HiddenSize, config.RmsNormEps), head)
        {
            CacheType = cache ?? (wide ? KvCacheType.F32 : KvCacheType.BF16),
        };
    }

    /// <summary>How the entries of new caches are kept.</summary>
    public KvCacheType CacheType { get; private init; }

    /// <summary>A new empty cache of this model's shape.</summary>
    /// <param name="type">How its entries are kept; none = as <see cref="CacheType"/> says.</param>
    public KvCache NewCache(KvCacheType? type = null) => new(Config.NumHiddenLayers, Config.NumKeyValueHeads, Config.HeadDim, type ?? CacheType);

    /// <summary>The final norm: [rows, hidden size] → [rows, hidden size], rented.</summary>
    public Tensor Norm(Compute compute, Tensor hidden) => _norm.Forward(compute, hidden);

    /// <summary>Logits of normed rows: [rows, hidden size] → [rows, vocabulary], rented.</summary>
    public Tensor Head(Compute compute, Tensor normed) => _head.Forward(compute, normed);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }

        _norm.Dispose();
        _head.Dispose();
    }
}
