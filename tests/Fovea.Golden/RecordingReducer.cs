using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;

namespace Fovea.Golden;

/// <summary>A method of PriorTR's framework, with what it decided at every stage kept.</summary>
internal sealed class RecordingReducer(Reducer inner) : Reducer
{
    /// <summary>What happened at the stages, in order.</summary>
    public List<(int Layer, float[] Scores, int[] Kept)> Decisions { get; } = [];

    /// <summary>Values of the first stage by the names of expectations.</summary>
    public Dictionary<string, float[]> Numbers { get; } = [];

    /// <summary>Indices of the first stage by the names of expectations.</summary>
    public Dictionary<string, int[]> Indices { get; } = [];

    public override TokenBudget? OwnBudget => inner.OwnBudget;

    public override bool UsesBudget => inner.UsesBudget;

    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => inner.Stages(shape);

    public override TokenMap Reduce(ReductionContext context)
    {
        var map = inner.Reduce(context);
        float[] scores = new float[context.Count], prior = new float[context.Count];
        if (inner is ScoringReducer scoring)
        {
            scoring.Score(context, scores);
            Decisions.Add((context.Stage.Layer, scores, [.. map.OwnRepresentatives().Where(kept => kept >= 0)]));
        }

        switch (inner)
        {
            case PriorTrTwoForward two:
                two.Prior(context, prior);
                Numbers.TryAdd("prior", prior);
                break;
            case SparseVlm sparse:
                Indices.TryAdd("raters", sparse.Raters(context));
                Numbers.TryAdd("similarity", SparseVlmRaters.Similarity(context.Compute, context[Signal.LayerInput(0)], context[Signal.InstructionEmbeddings]));
                break;
            case VisPruner pruner:
                (Indices["vision.important"], Indices["vision.diverse"]) = pruner.Choose(context);
                Indices["vision.kept"] = map.Representatives.ToArray();
                Numbers["vision.importance"] = Importance(context[Signal.EncoderAttention(context.Shape.EncoderBlocks - 1)]);
                break;
        }

        return map;
    }

    private static float[] Importance(Tensor attention)
    {
        var mean = new float[attention.RowLength];
        HeadMean.Of(attention, mean);
        return mean;
    }
}
