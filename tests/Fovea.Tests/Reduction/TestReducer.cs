using Fovea.Reduction;

namespace Fovea.Tests.Reduction;

/// <summary>A method whose every part a test can choose.</summary>
internal sealed class TestReducer(IReadOnlyList<StageRequest> stages, Func<ReductionContext, TokenMap> reduce) : Reducer
{
    public override bool UsesBudget => false;

    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => stages;

    public override TokenMap Reduce(ReductionContext context) => reduce(context);

    /// <summary>A plan of this method alone.</summary>
    public static ReductionPlan Plan(Func<ReductionContext, TokenMap> reduce, params IReadOnlyList<StageRequest> stages) =>
        new() { Steps = [new PlanStep("test", new TestReducer(stages, reduce), null)] };
}
