namespace Fovea.Generation;

/// <summary>One sequence's part in a decoder pass.</summary>
/// <param name="Sequence">Its cache.</param>
/// <param name="Run">Its rows.</param>
/// <param name="Reduction">Its reductions during prefill, or none.</param>
/// <param name="Report">Receives counts.</param>
internal sealed record PassItem(Sequence Sequence, TokenRun Run, ReductionRun? Reduction, RunReport Report)
{
    /// <summary>Its visual tokens during prefill, or none.</summary>
    public VisualTokens? Visual { get; set; }
}
