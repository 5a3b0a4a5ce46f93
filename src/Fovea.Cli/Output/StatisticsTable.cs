using Fovea.Generation;
using Spectre.Console;

namespace Fovea.Cli.Output;

/// <summary>What an answer cost, as a table.</summary>
internal static class StatisticsTable
{
    /// <summary>The table of a result.</summary>
    public static Table Of(GenerationResult result)
    {
        var report = result.Report;
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("step");
        table.AddColumn(new TableColumn("ms").RightAligned());
        table.AddColumn("detail");
        void Row(string name, string value, string detail) => table.AddRow(name, value, Markup.Escape(detail));
        Row("picture decoding", Time(report.PictureDecoding), "");
        Row("preprocessing", Time(report.Preprocessing), "");
        Row("encoding", Time(report.Encoding), $"{Giga(report.EncoderFlops)} GFLOP with projection");
        Row("projection", Time(report.Projection), "");
        foreach (var stage in report.Stages)
        {
            Row("selection", Time(stage.Time), $"{stage.Method} at {stage.Stage}: {stage.Before} -> {stage.After} visual tokens");
        }

        Row("prefill", Time(report.Prefill), $"{report.PromptTokens} prompt tokens, {report.CachedTokens} of them cached; {Giga(report.PrefillFlops)} GFLOP");
        Row("time to first token", Time(report.TimeToFirstToken), "");
        var perToken = report.DecodeSteps > 0 ? report.Decode / report.DecodeSteps : TimeSpan.Zero;
        Row("decode per token", Time(perToken), $"{report.DecodeSteps} steps; {Giga(report.DecodeFlops)} GFLOP; {result.Tokens.Count} tokens generated");
        Row("visual tokens", "", $"{report.VisualTokens} unreduced; by layer {Runs(report.VisualTokensPerLayer)}");
        Row("feature cache", "", $"{report.PicturesFromCache} pictures found, {report.PicturesEncoded} encoded; {report.FeatureCacheBytes} bytes held");
        Row("cache", "", $"{report.CacheBytesPerLayer.Sum()} bytes; by layer {Runs(report.CacheBytesPerLayer)}");
        return table;
    }

    private static string Time(TimeSpan time) => time.TotalMilliseconds.ToString("0.00");

    private static string Giga(long operations) => (operations / 1e9).ToString("0.000");

    /// <summary>Such as <c>144 x 2, 36 x 4</c>.</summary>
    private static string Runs<T>(IReadOnlyList<T> values)
        where T : IEquatable<T>
    {
        var runs = new List<string>();
        for (int start = 0, end; start < values.Count; start = end)
        {
            for (end = start + 1; end < values.Count && values[end].Equals(values[start]); end++)
            {
            }

            runs.Add($"{values[start]} x {end - start}");
        }

        return runs.Count > 0 ? string.Join(", ", runs) : "none";
    }
}
