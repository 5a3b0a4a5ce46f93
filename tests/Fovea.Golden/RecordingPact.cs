using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Golden;

/// <summary>PACT, with its decisions kept.</summary>
internal sealed class RecordingPact(Pact pact) : Reducer
{
    /// <summary>The method.</summary>
    public Pact Pact => pact;

    /// <summary>What it decided before each layer.</summary>
    public Dictionary<int, PactDecision> Decisions { get; } = [];

    public override bool UsesBudget => false;

    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => pact.Stages(shape);

    public override TokenMap Reduce(ReductionContext context)
    {
        Decisions[context.Stage.Layer] = pact.Decide(context);
        return pact.Reduce(context);
    }
}
