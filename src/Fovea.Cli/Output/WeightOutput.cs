using Fovea.Nn;

namespace Fovea.Cli.Output;

/// <summary>Matrices of one part of a model that are kept in one format.</summary>
internal sealed record WeightOutput(string Part, string Format, int Matrices, long Bytes)
{
    private const string Encoder = "encoder", Projector = "projector", LanguageModel = "language model", Head = "head";

    private static readonly string[] Parts = [Encoder, Projector, LanguageModel, Head];

    /// <summary>Sums matrices up, part by part in the order in which data pass them.</summary>
    public static IReadOnlyList<WeightOutput> Of(IEnumerable<LoadedMatrix> matrices) =>
    [
        .. matrices.GroupBy(matrix => (Part: PartOf(matrix.Canonical), Format: $"{matrix.Format}"))
            .OrderBy(group => Array.IndexOf(Parts, group.Key.Part))
            .Select(group => new WeightOutput(group.Key.Part, group.Key.Format, group.Count(), group.Sum(matrix => matrix.Bytes))),
    ];

    private static string PartOf(string canonical) =>
        canonical == "lm_head" ? Head
        : canonical.StartsWith("lm.", StringComparison.Ordinal) ? LanguageModel
        : canonical.Contains("tower.", StringComparison.Ordinal) || canonical.StartsWith("visual.blocks.", StringComparison.Ordinal) ? Encoder
        : Projector;
}
