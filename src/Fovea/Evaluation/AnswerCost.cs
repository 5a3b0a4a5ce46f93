using Fovea.Generation;
using Fovea.Models;

namespace Fovea.Evaluation;

/// <summary>What an answer cost. Visual tokens are those of patches: row ends and other special tokens are not counted.</summary>
public sealed record AnswerCost
{
    /// <summary>Visual tokens without reduction.</summary>
    public required int VisualTokens { get; init; }

    /// <summary>Visual tokens that each decoder layer saw, added up.</summary>
    public required long TokensOverLayers { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Visual tokens that reached reductions inside the decoder, added up.</summary>
    public required long Reached { get; init; }

    /// <summary>Visual tokens that left them, added up.</summary>
    public required long Left { get; init; }

    /// <summary>Pictures that were encoded for it.</summary>
    public int PicturesEncoded { get; init; }

    /// <summary>Pictures that had been encoded for another answer.</summary>
    public int PicturesFromCache { get; init; }

    /// <summary>Seconds of all reductions.</summary>
    public required double SelectionSeconds { get; init; }

    /// <summary>Seconds of the language model, the reductions inside it included; an equal share of a batch.</summary>
    public required double GenerationSeconds { get; init; }

    /// <summary>Visual tokens in the mean over all layers.</summary>
    public double MeanTokens => Layers == 0 ? 0 : (double)TokensOverLayers / Layers;

    /// <summary>From a report.</summary>
    /// <param name="report">What the request cost.</param>
    /// <param name="batch">Requests that shared its times.</param>
    public static AnswerCost Of(RunReport report, int batch)
    {
        int special = Enumerable.Range(0, report.Geometry.Count).Count(token => report.Geometry[token].Kind != VisualTokenKind.Patch);
        var stages = report.Stages.Where(stage => stage.Stage.Kind == Reduction.StageKind.Decoder).ToList();
        return new AnswerCost
        {
            VisualTokens = report.VisualTokens - special,
            TokensOverLayers = report.VisualTokensPerLayer.Sum(count => (long)Math.Max(0, count - special)),
            Layers = report.VisualTokensPerLayer.Length,
            Reached = stages.Sum(stage => (long)stage.Before - special),
            Left = stages.Sum(stage => (long)stage.After - special),
            PicturesEncoded = report.PicturesEncoded,
            PicturesFromCache = report.PicturesFromCache,
            SelectionSeconds = report.AllSelection.TotalSeconds,
            GenerationSeconds = (report.Prefill + report.Decode).TotalSeconds / batch,
        };
    }
}
