using Fovea.Nn;
using Fovea.Tensors.Kernels;

namespace Fovea.Models;

/// <summary>A language model's sizes, under the names of <c>config.json</c>. One record covers Llama, Mistral, InternLM2, Qwen2 and Qwen3.</summary>
public sealed record TextConfig
{
    /// <summary>Rows of the embedding.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Key/value heads.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Numbers per head; heads · this may differ from <see cref="HiddenSize"/>.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Activation of the feed-forward block.</summary>
    public required Activation HiddenAct { get; init; }

    /// <summary>ε of the norms.</summary>
    public required float RmsNormEps { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>Stretching of the rotary frequencies, or none.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>For each rotary frequency the axis that drives it (0 temporal, 1 height, 2 width); empty = positions are one number.</summary>
    public IReadOnlyList<int> RopeAxes { get; init; } = [];

    /// <summary>Longest context the model was made for.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Whether q, k and v have biases.</summary>
    public bool QkvBias { get; init; }

    /// <summary>
    /// Whether q, k and v are stored as one matrix (InternLM2): for each key/value head the query heads that share it, then the key, then the value.
    /// </summary>
    public bool FusedQkv { get; init; }

    /// <summary>Whether queries and keys are RMS-normed head by head before rotary embedding.</summary>
    public bool QueryKeyNorm { get; init; }

    /// <summary>Whether the output projection of attention has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether the feed-forward matrices have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The mixture of experts, or none.</summary>
    public MixtureConfig? Mixture { get; init; }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>For every layer the number of latest positions that a query sees, 0 = all.</summary>
    public required IReadOnlyList<int> Windows { get; init; }

    /// <summary>End tokens that the config names.</summary>
    public IReadOnlyList<int> EosTokenId { get; init; } = [];

    /// <summary>Multiply-adds of one token in a decoder layer, the attention scores left out: the parameters of the matrices that it goes through.</summary>
    /// <param name="layer">Layer from 0.</param>
    public long LayerMultiplyAdds(int layer)
    {
        long attention = (long)HiddenSize * HeadDim * ((2 * NumAttentionHeads) + (2 * NumKeyValueHeads));
        return attention + (Mixture is { } mixture && mixture.Layers[layer]
            ? HiddenSize * (mixture.NumExperts + (3L * mixture.NumExpertsPerTok * mixture.MoeIntermediateSize))
            : 3L * HiddenSize * IntermediateSize);
    }
}
