using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="PriorTr"/>, named as in its framework where that has a name.</summary>
public sealed record PriorTrOptions : AttentionScoringOptions
{
    /// <summary>n.</summary>
    [Description("which token behind the pictures gives the prior, counted from 0: 0 stands directly behind (LLaVA, Qwen), 1 is the line break behind the end tag (InternVL)")]
    public int NullToken { get; init; }
}

/// <summary>
/// PriorTR (arXiv 2606.24156; CodeChildCZJ/PriorTR), in one forward pass: a token between pictures and question cannot see the question, so its attention is a
/// prior; a visual token scores by how much the question's attention departs from it (<see cref="PriorDivergence"/>). Defaults are those of its LLaVA copy.
/// Deviations: scores stay in 32 bits instead of the model's 16; rows are causal also where the shipped Qwen copies forget it.
/// </summary>
public class PriorTr : AttentionScoringReducer
{
    private readonly PriorTrOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PriorTr(PriorTrOptions options)
        : base(options)
    {
        CheckRange(options.NullToken >= 0, "null_token", "tokens behind the pictures are counted from 0");
        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "priortr", "keeps what the question attends to more than a token that has not read it", "arXiv 2606.24156, CodeChildCZJ/PriorTR",
        PriorTrJson.Default.PriorTrOptions, options => new PriorTr(options));

    /// <inheritdoc/>
    protected override QueryAggregation Auto => QueryAggregation.Question;

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => [Rows(layer, TaskQueries), Prior(layer)];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        float[] task = new float[scores.Length], prior = new float[scores.Length];
        Attention(context, task, prior);
        PriorDivergence.Terms(task, prior, scores);
    }

    /// <summary>The two attentions that are compared, not normalised.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="task">[candidates]: the question's.</param>
    /// <param name="prior">[candidates]: the prior.</param>
    public void Attention(ReductionContext context, Span<float> task, Span<float> prior)
    {
        TaskAttention(context, task);
        Aggregate(context, Prior(context.Stage.Layer), prior);
    }

    private Signal Prior(int layer) => Rows(layer, Queries.TokenBehind(_options.NullToken));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<QueryAggregation>), typeof(SnakeCaseEnumConverter<HeadAggregation>)])]
[JsonSerializable(typeof(PriorTrOptions))]
internal sealed partial class PriorTrJson : JsonSerializerContext;
