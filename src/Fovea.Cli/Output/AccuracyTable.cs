using System.Text.Json;
using Spectre.Console;

namespace Fovea.Cli.Output;

/// <summary>Runs of an evaluation as a table of accuracy against visual tokens, ready to be put into a Markdown document.</summary>
internal static class AccuracyTable
{
    /// <summary>One row for each run; percent with one decimal.</summary>
    public static Table Of(IReadOnlyList<RunOutput> runs)
    {
        var table = new Table().Border(TableBorder.Markdown);
        string[] kinds = [.. runs.SelectMany(run => run.Accuracy.Keys).Distinct(StringComparer.Ordinal).Where(kind => kind != "all"), "all"];
        table.AddColumns(["method", "options", "keep", "tokens", "positions", .. kinds]);
        foreach (var run in runs)
        {
            string[] cells =
            [
                run.Method,
                run.Options,
                run.Keep,
                run.VisualTokens.ToString("0.##"),
                JsonNamingPolicy.SnakeCaseLower.ConvertName($"{run.Positions}"),
                .. kinds.Select(kind => run.Accuracy.TryGetValue(kind, out double percent) ? percent.ToString("0.0") : ""),
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        return table;
    }
}
