using Fovea.Generation;

namespace Fovea.Cli.Output;

/// <summary>What an answer cost, as JSON: times in milliseconds, sizes in bytes, operations in 10⁹.</summary>
internal sealed record ReportOutput
{
    public required double PictureDecodingMs { get; init; }

    public required double PreprocessingMs { get; init; }

    public required double EncodingMs { get; init; }

    public required double ProjectionMs { get; init; }

    public required IReadOnlyList<StageOutput> Selection { get; init; }

    public required double PrefillMs { get; init; }

    public required double TimeToFirstTokenMs { get; init; }

    public required double DecodeMs { get; init; }

    public required int DecodeSteps { get; init; }

    public required double DecodeMsPerToken { get; init; }

    public required int PromptTokens { get; init; }

    public required int CachedTokens { get; init; }

    public required int PicturesEncoded { get; init; }

    public required int PicturesFromCache { get; init; }

    public required long FeatureCacheBytes { get; init; }

    public required int VisualTokens { get; init; }

    public required IReadOnlyList<int> VisualTokensPerLayer { get; init; }

    public required long CacheBytes { get; init; }

    public required IReadOnlyList<long> CacheBytesPerLayer { get; init; }

    public required double EncoderGflops { get; init; }

    public required double PrefillGflops { get; init; }

    public required double DecodeGflops { get; init; }

    /// <summary>From a report.</summary>
    public static ReportOutput Of(RunReport report) => new()
    {
        PictureDecodingMs = report.PictureDecoding.TotalMilliseconds,
        PreprocessingMs = report.Preprocessing.TotalMilliseconds,
        EncodingMs = report.Encoding.TotalMilliseconds,
        ProjectionMs = report.Projection.TotalMilliseconds,
        Selection = [.. report.Stages.Select(stage => new StageOutput(stage.Stage.ToString(), stage.Method, stage.Before, stage.After, stage.Time.TotalMilliseconds, stage.Note))],
        PrefillMs = report.Prefill.TotalMilliseconds,
        TimeToFirstTokenMs = report.TimeToFirstToken.TotalMilliseconds,
        DecodeMs = report.Decode.TotalMilliseconds,
        DecodeSteps = report.DecodeSteps,
        DecodeMsPerToken = report.DecodeSteps > 0 ? report.Decode.TotalMilliseconds / report.DecodeSteps : 0,
        PromptTokens = report.PromptTokens,
        CachedTokens = report.CachedTokens,
        PicturesEncoded = report.PicturesEncoded,
        PicturesFromCache = report.PicturesFromCache,
        FeatureCacheBytes = report.FeatureCacheBytes,
        VisualTokens = report.VisualTokens,
        VisualTokensPerLayer = report.VisualTokensPerLayer,
        CacheBytes = report.CacheBytesPerLayer.Sum(),
        CacheBytesPerLayer = report.CacheBytesPerLayer,
        EncoderGflops = report.EncoderFlops / 1e9,
        PrefillGflops = report.PrefillFlops / 1e9,
        DecodeGflops = report.DecodeFlops / 1e9,
    };
}
