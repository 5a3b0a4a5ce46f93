using Fovea.Tensors.Autograd;

namespace Fovea.Training.Optimization;

/// <summary>Parameters that share a learning rate and a weight decay.</summary>
/// <param name="Parameters">The members.</param>
/// <param name="WeightDecay">Share of a parameter that a step takes away, times the learning rate.</param>
/// <param name="RateFactor">The group's peak learning rate as a multiple of the run's.</param>
public sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double WeightDecay = 0, double RateFactor = 1)
{
    /// <summary>
    /// LLaVA's groups: weights decay, biases and norms do not; projector parameters may have a rate of their own.
    /// </summary>
    /// <param name="parameters">All trained parameters.</param>
    /// <param name="weightDecay">Decay of the weights.</param>
    /// <param name="projectorFactor">The projector's rate as a multiple of the run's; 1 = the same.</param>
    public static IReadOnlyList<ParameterGroup> Of(IReadOnlyList<Parameter> parameters, double weightDecay, double projectorFactor = 1) =>
    [
        .. parameters.GroupBy(parameter => (Decays: ParameterNames.Decays(parameter.Name, parameter.Shape.Rank), Projector: ParameterNames.IsProjector(parameter.Name)))
            .Select(group => new ParameterGroup([.. group], group.Key.Decays ? weightDecay : 0, group.Key.Projector ? projectorFactor : 1)),
    ];
}
