using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Differentiable;

/// <summary>The language model that <see cref="LanguageModel"/> runs, on a tape. Sequences are packed end to end; there is no padding.</summary>
public sealed class DifferentiableLanguageModel
{
    private readonly TextConfig _config;
    private readonly DifferentiableLayer[] _layers;
    private readonly Parameter _embedding;
    private readonly Parameter _norm;
    private readonly Parameter _head;
    private readonly RotaryEmbedding _rotary;

    /// <summary>Reads <c>lm.*</c> and <c>lm_head.weight</c>. A tied head is the embedding, and trains it.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    /// <exception cref="NotSupportedException">The layers have experts, or their queries, keys and values are stored as one matrix.</exception>
    public DifferentiableLanguageModel(ParameterScope scope, WeightReader weights, TextConfig config)
    {
        if (config.Mixture is not null || config.FusedQkv)
        {
            throw new NotSupportedException($"{weights.Source}: language models with experts or with fused queries, keys and values cannot be trained.");
        }

        _config = config;
        var model = weights.At("lm");
        _embedding = scope.Read(model.At("embed_tokens"), "weight", config.VocabSize, config.HiddenSize);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(index => new DifferentiableLayer(scope, model.At("layers").At(index), config, index))];
        _norm = scope.Read(model.At("norm"), "weight", config.HiddenSize);
        bool tied = config.TieWordEmbeddings || !weights.Has("lm_head.weight");
        weights.Ignore(name => tied && name == "lm_head.weight");
        _head = tied ? _embedding : scope.Read(weights.At("lm_head"), "weight", config.VocabSize, config.HiddenSize);
        _rotary = new RotaryEmbedding(config.HeadDim, config.RopeTheta, config.MaxPositionEmbeddings, config.RopeScaling, config.RopeAxes);
    }

    /// <summary>Whether the layers keep their inputs alone and are computed once more on the way back.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Embeddings of tokens: [tokens, hidden].</summary>
    /// <exception cref="ArgumentException">A token outside the vocabulary.</exception>
    public Variable Embed(Tape tape, ReadOnlySpan<int> tokens) => tape.Gather(_embedding, tokens);

    /// <summary>The normed last states of some rows of packed sequences: [rows, hidden]. The last layer computes no others.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="hidden">[Σ lengths, hidden].</param>
    /// <param name="lengths">Tokens of each sequence; positions count from zero in each.</param>
    /// <param name="rows">The rows that are wanted, ascending.</param>
    public Variable Forward(Tape tape, Variable hidden, IReadOnlyList<int> lengths, IReadOnlyList<int> rows)
    {
        var all = PackedPositions.Of(tape.Compute, _rotary, lengths);
        var wanted = all.At(tape.Compute, lengths, rows);
        for (int i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var positions = i < _layers.Length - 1 ? all : wanted;
            hidden = Checkpointing
                ? tape.Checkpoint(hidden, (inner, input) => layer.Forward(inner, input, positions))
                : layer.Forward(tape, hidden, positions);
        }

        return tape.RmsNorm(hidden, _norm, _config.RmsNormEps);
    }

    /// <summary>Logits of normed rows: [rows, vocabulary].</summary>
    public Variable Head(Tape tape, Variable normed) => tape.Linear(normed, _head);
}
