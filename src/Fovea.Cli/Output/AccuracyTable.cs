using System.Text.Json;
using Spectre.Console;

namespace Fovea.Cli.Output;

/// <summary>Runs of an evaluation as a table of accuracy against visual tokens, ready to be put into a Markdown document. A run with a name shows it in place of its options.</summary>
internal static class AccuracyTable
{
    /// <summary>One row for each run; percent with one decimal.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="times">Whether to show mean times of an answer in milliseconds.</param>
    public static Table Of(IReadOnlyList<RunOutput> runs, bool times)
    {
        var table = new Table().Border(TableBorder.Markdown);
        string[] kinds = [.. runs.SelectMany(run => run.Accuracy.Keys).Distinct(StringComparer.Ordinal).Where(kind => kind != "all"), "all"];
        table.AddColumns(["method", "options", "keep", "tokens", "mean tokens", "positions", .. kinds, .. times ? (string[])["selection ms", "generation ms"] : []]);
        foreach (var run in runs)
        {
            string[] cells =
            [
                run.Method,
                run.Label.Length > 0 ? run.Label : run.Options,
                run.Keep,
                run.VisualTokens.ToString("0.##"),
                run.MeanVisualTokens?.ToString("0.##") ?? "",
                JsonNamingPolicy.SnakeCaseLower.ConvertName($"{run.Positions}") + (run.Cache is { } cache ? $", cache {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{cache}")}" : ""),
                .. kinds.Select(kind => run.Accuracy.TryGetValue(kind, out double percent) ? percent.ToString("0.0") : ""),
                .. times ? (string[])[run.SelectionMs?.ToString("0.00") ?? "", run.GenerationMs?.ToString("0.0") ?? ""] : [],
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        return table;
    }
}
