using System.ComponentModel;
using System.Numerics.Tensors;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="SharpAttention"/>.</summary>
public sealed record SharpAttentionOptions : AttentionScoringOptions
{
    /// <summary>Exponent.</summary>
    [Description("the attention of each head is raised to this power before the mean, above 0")]
    public float Power { get; init; } = 2;
}

/// <summary>Recipe 1: a method that scores by attention.</summary>
public sealed class LastAttention(FastVOptions options) : AttentionScoringReducer(options)
{
    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores) => TaskAttention(context, scores);
}

/// <summary>Recipe 2: with an option of its own.</summary>
public sealed class SharpAttention(SharpAttentionOptions options) : AttentionScoringReducer(options)
{
    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        TaskAttention(context, scores);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = MathF.Pow(scores[i], options.Power);
        }
    }
}

/// <summary>Recipe 3: an existing method, one piece of it changed.</summary>
public sealed class CentredPriorTr(PriorTrOptions options) : PriorTr(options)
{
    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        base.Score(context, scores);
        for (int i = 0; i < scores.Length; i++)
        {
            var token = context.Geometry[i];
            var grid = context.Geometry.Grids[token.Grid];
            float row = ((2f * token.Row) + 1 - grid.Rows) / grid.Rows, column = ((2f * token.Column) + 1 - grid.Columns) / grid.Columns;
            scores[i] -= 1e-3f * ((row * row) + (column * column));
        }
    }
}

/// <summary>Recipe 5: what one layer shows, remembered until another.</summary>
public sealed class Drift(FastVOptions options) : DecoderScoringReducer(options)
{
    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => [Signal.Features];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        var lengths = context.State.Of<Dictionary<int, float>>(this);
        var features = context[Signal.Features];
        for (int i = 0; i < scores.Length; i++)
        {
            float length = TensorPrimitives.Norm<float>(features.Row<float>(i));
            int token = context.Originals.Span[i];
            scores[i] = lengths.TryGetValue(token, out float before) ? MathF.Abs(length - before) : length;
            lengths[token] = length;
        }
    }
}

/// <summary>Recipe 6: a forward pass of its own, over the prompt without its question.</summary>
public sealed class Surprise(FastVOptions options) : AttentionScoringReducer(options)
{
    private static readonly Signal Before = Signal.SeparateRows(1, Queries.LastToken, PromptVariant.WithoutQuestion());

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => [.. base.Signals(shape, layer), Before];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        var before = new float[scores.Length];
        Aggregate(context, Before, before);
        TaskAttention(context, scores);
        TensorPrimitives.Subtract(scores, before, scores);
    }
}

/// <summary>Recipe 7: merging: neighbours in the sequence become their mean, as often as the budget asks for.</summary>
public sealed class PairMean : Reducer
{
    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.AfterProjector)];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        int pairs = Math.Min(context.Count / 2, context.Count - context.Budget.Of(context.Count));
        var map = new TokenMapBuilder(context.Count);
        for (int i = 0; i < context.Count; i++)
        {
            if (i < 2 * pairs)
            {
                map.Add(i, 0.5f);
                map.Add(i + 1, 0.5f);
                map.EndRow(i++);
            }
            else
            {
                map.Keep(i);
            }
        }

        return map.Build();
    }
}
