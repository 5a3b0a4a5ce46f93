using Fovea.Nn;

namespace Fovea.Cli.Output;

/// <summary>Matrices of one part of a model that are kept in one format.</summary>
internal sealed record WeightOutput(string Part, string Format, int Matrices, long Bytes)
{
    /// <summary>Sums matrices up, in the order in which they were loaded.</summary>
    public static IReadOnlyList<WeightOutput> Of(IEnumerable<LoadedMatrix> matrices) =>
    [
        .. matrices.GroupBy(matrix => (Part: PartOf(matrix.Canonical), Format: $"{matrix.Format}"))
            .Select(group => new WeightOutput(group.Key.Part, group.Key.Format, group.Count(), group.Sum(matrix => matrix.Bytes))),
    ];

    private static string PartOf(string canonical) =>
        canonical == "lm_head" ? "head"
        : canonical.StartsWith("lm.", StringComparison.Ordinal) ? "language model"
        : canonical.Contains("tower.", StringComparison.Ordinal) || canonical.StartsWith("visual.blocks.", StringComparison.Ordinal) ? "encoder"
        : "projector";
}
