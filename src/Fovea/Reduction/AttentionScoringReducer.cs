namespace Fovea.Reduction;

/// <summary>A method that looks at the attention of the prompt's last token or of its question; derive and call <see cref="TaskAttention"/>.</summary>
/// <exception cref="ArgumentException">An option is out of range.</exception>
public abstract class AttentionScoringReducer(AttentionScoringOptions options) : DecoderScoringReducer(options)
{
    /// <summary>What <see cref="QueryAggregation.Auto"/> stands for.</summary>
    protected virtual QueryAggregation Auto => QueryAggregation.Last;

    /// <summary>Whose attention counts.</summary>
    protected Queries TaskQueries => (options.QueryAggregation == QueryAggregation.Auto ? Auto : options.QueryAggregation) == QueryAggregation.Last
        ? Queries.LastToken
        : Queries.Behind(0, options.QuestionWithLast ? 0 : 1);

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => [Rows(layer, TaskQueries)];

    /// <summary>The attention that each candidate gets, over rows and then over heads.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="scores">[candidates], to be written.</param>
    /// <param name="over">Over rows.</param>
    protected void TaskAttention(ReductionContext context, Span<float> scores, RowAggregation over = RowAggregation.Mean) =>
        Aggregate(context, Rows(context.Stage.Layer, TaskQueries), scores, over);

    /// <summary>The attention of an attention-row signal to each candidate, over rows and then over heads as the options say.</summary>
    protected void Aggregate(ReductionContext context, Signal rows, Span<float> scores, RowAggregation over = RowAggregation.Mean) =>
        AttentionScores.Of(context[rows], context.Columns(rows), options.HeadAggregation, over, scores);
}
