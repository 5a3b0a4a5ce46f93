using Fovea.Reduction;

namespace Fovea.Generation;

/// <summary>What one method did at one stage of one request.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Method">Its name in the plan.</param>
/// <param name="Before">Visual tokens that reached it.</param>
/// <param name="After">Visual tokens that left it.</param>
/// <param name="Time">Time of the decision and of applying it.</param>
/// <param name="Note">Something worth telling, such as a budget larger than what there was; empty otherwise.</param>
public sealed record StageReport(Stage Stage, string Method, int Before, int After, TimeSpan Time, string Note);
