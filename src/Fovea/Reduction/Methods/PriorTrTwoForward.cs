using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Where <see cref="PriorTrTwoForward"/> takes its prior.</summary>
public enum PriorLayer
{
    /// <summary>In the layer that scores.</summary>
    Score,

    /// <summary>In the layer behind it, as the Video-LLaVA copy does by mistake.</summary>
    Next,
}

/// <summary>Options of <see cref="PriorTrTwoForward"/>, named as in its framework where that has a name.</summary>
public sealed record PriorTrTwoForwardOptions : AttentionScoringOptions
{
    /// <summary>n.</summary>
    [Description("the last token behind the pictures that the prior's prompt keeps, counted from 0")]
    public int NullToken { get; init; }

    /// <summary>Text.</summary>
    [Description("what the prior's prompt has in place of the question, such as a request to describe the picture; empty = nothing")]
    public string PriorPrompt { get; init; } = "";

    /// <summary>Layer.</summary>
    [Description("the layer that the prior is taken in: score = the one that scores, next = the one behind it, as the Video-LLaVA copy does by mistake")]
    public PriorLayer PriorLayer { get; init; }

    /// <summary>Candidates.</summary>
    [Description("layers to choose from, counted from 0, in place of prune_layer: two passes look for the one where question and prior differ most, and the cut is behind it")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? CandidateLayers { get; init; }
}

/// <summary>
/// PriorTR with a forward pass of its own for the prior, over the prompt without its question. With several cuts the prior is that of the first, and follows
/// the tokens. With plain causal attention and an empty prompt it gives what <see cref="PriorTr"/> has for nothing; what it adds is another prompt, and the
/// choice of the layer. Source and deviations as there; the prior's pass is causal, which the shipped Qwen3-VL copy's is not.
/// </summary>
public sealed class PriorTrTwoForward : AttentionScoringReducer
{
    private readonly PriorTrTwoForwardOptions _options;
    private readonly PromptVariant _prompt;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PriorTrTwoForward(PriorTrTwoForwardOptions options)
        : base(options)
    {
        CheckRange(options.NullToken >= 0, "null_token", "tokens behind the pictures are counted from 0");
        CheckRange(options.CandidateLayers is null || (options.CandidateLayers.Count > 0 && options.CandidateLayers.All(layer => layer >= 0)), "candidate_layers", "layers are counted from 0");
        CheckRange(options.CandidateLayers is null || (options.PruneLayer is null && options.PriorLayer == PriorLayer.Score), "candidate_layers", "it stands in place of prune_layer and prior_layer");
        _options = options;
        _prompt = PromptVariant.WithoutQuestion(options.NullToken + 1, options.PriorPrompt);
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "priortr_2f", "as priortr, with a forward pass of its own for the prior", "arXiv 2606.24156, CodeChildCZJ/PriorTR",
        PriorTrTwoForwardJson.Default.PriorTrTwoForwardOptions, options => new PriorTrTwoForward(options));

    /// <inheritdoc/>
    protected override QueryAggregation Auto => QueryAggregation.Question;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> DefaultLayers(ModelShape shape) =>
        _options.CandidateLayers is { } candidates ? [.. candidates.Select(layer => layer + 1)] : base.DefaultLayers(shape);

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => _options.CandidateLayers is { } candidates
        ? [Rows(layer, TaskQueries), .. candidates.SelectMany(candidate => new[] { PriorIn(candidate), TaskIn(candidate) })]
        : [Rows(layer, TaskQueries), Prior(shape, layer)];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        float[] task = new float[scores.Length], prior = new float[scores.Length];
        Task(context, task);
        Prior(context, prior);
        PriorDivergence.Terms(task, prior, scores);
    }

    /// <inheritdoc/>
    protected override int[] Select(ReductionContext context, ReadOnlySpan<float> scores) =>
        _options.CandidateLayers is null || Chosen(context) == context.Stage.Layer - 1 ? base.Select(context, scores) : [.. Enumerable.Range(0, scores.Length)];

    /// <summary>The question's attention, not normalised.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="task">[candidates].</param>
    public void Task(ReductionContext context, Span<float> task) => TaskAttention(context, task);

    /// <summary>The prior, not normalised.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="prior">[candidates].</param>
    public void Prior(ReductionContext context, Span<float> prior) => Aggregate(context, Prior(context.Shape, context.Stage.Layer), prior);

    private Signal Prior(ModelShape shape, int layer) => PriorIn(_options.CandidateLayers is not null
        ? layer - 1
        : Layers(shape).Min() - (_options.PriorLayer == PriorLayer.Score ? 1 : 0));

    private Signal PriorIn(int layer) => Signal.SeparateRows(layer, Queries.LastToken, _prompt);

    private Signal TaskIn(int layer) => Signal.SeparateRows(layer, TaskQueries, PromptVariant.Whole);

    /// <summary>The candidate with the largest divergence, the first of equal ones; found before the first of them is cut behind.</summary>
    private int Chosen(ReductionContext context)
    {
        var choice = context.State.Of<Choice>(this);
        if (choice.Layer is null)
        {
            float[] task = new float[context.Count], prior = new float[context.Count];
            double best = double.NegativeInfinity;
            foreach (int layer in _options.CandidateLayers ?? [])
            {
                Aggregate(context, TaskIn(layer), task);
                Aggregate(context, PriorIn(layer), prior);
                double divergence = PriorDivergence.Of(task, prior);
                if (divergence > best || choice.Layer is null)
                {
                    (best, choice.Layer) = (divergence, layer);
                }
            }
        }

        return choice.Layer ?? -1;
    }

    private sealed class Choice
    {
        public int? Layer { get; set; }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<QueryAggregation>), typeof(SnakeCaseEnumConverter<HeadAggregation>), typeof(SnakeCaseEnumConverter<PriorLayer>)])]
[JsonSerializable(typeof(PriorTrTwoForwardOptions))]
internal sealed partial class PriorTrTwoForwardJson : JsonSerializerContext;
