using Fovea.Reduction;
using Fovea.Reduction.Methods;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Golden;

/// <summary>Options of the strategies that the cases register themselves.</summary>
internal sealed record PriorTrCustomOptions : AttentionScoringOptions
{
    /// <summary>Which: spread, halves or router.</summary>
    public string Rule { get; init; } = "";
}

/// <summary>The strategies that the cases register themselves, as their notes define them.</summary>
internal sealed class PriorTrCustom(PriorTrCustomOptions options) : AttentionScoringReducer(options)
{
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) => options.Rule switch
    {
        "spread" => [Last(layer), Signal.Features],
        "halves" => [Last(layer), Rows(layer, Queries.TokenBehind(1))],
        "router" => [Last(layer), Question(layer), Null(layer)],
        _ => throw new GoldenMismatchException($"the strategy {options.Rule} is not understood"),
    };

    public override void Score(ReductionContext context, Span<float> scores)
    {
        int layer = context.Stage.Layer;
        var other = new float[scores.Length];
        switch (options.Rule)
        {
            case "spread":
                Aggregate(context, Last(layer), scores);
                var states = context[Signal.Features];
                float[] norms = [.. Enumerable.Range(0, scores.Length).Select(i => TensorPrimitives.Norm<float>(states.Row<float>(i)))];
                TensorPrimitives.Multiply(scores, norms, scores);
                TensorPrimitives.Divide(scores, norms.Average(), scores);
                break;
            case "halves":
                Aggregate(context, Rows(layer, Queries.TokenBehind(1)), scores);
                Aggregate(context, Last(layer), other);
                TensorPrimitives.MultiplyAdd(other, -0.5f, scores, scores);
                break;
            default:
                Route(context, scores, other);
                break;
        }
    }

    /// <summary>PriorTR first, whose scores the second cut's attention is added to, token by token.</summary>
    private void Route(ReductionContext context, Span<float> scores, float[] other)
    {
        int layer = context.Stage.Layer;
        var notes = context.State.Of<Dictionary<int, float>>(this);
        var originals = context.Originals.Span;
        if (CutOf(context) == 0)
        {
            var task = new float[scores.Length];
            Aggregate(context, Question(layer), task);
            Aggregate(context, Null(layer), other);
            PriorDivergence.Terms(task, other, scores);
            for (int i = 0; i < scores.Length; i++)
            {
                notes[originals[i]] = scores[i];
            }

            return;
        }

        Aggregate(context, Last(layer), scores);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] += 0.5f * notes[originals[i]];
        }
    }

    private Signal Last(int layer) => Rows(layer, Queries.LastToken);

    private Signal Question(int layer) => Rows(layer, Queries.Behind(0, options.QuestionWithLast ? 0 : 1));

    private Signal Null(int layer) => Rows(layer, Queries.TokenBehind(0));
}
