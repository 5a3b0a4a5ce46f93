using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Output;
using Fovea.Training.Scaling;
using Spectre.Console;

namespace Fovea.Cli.Commands.Scaling;

/// <summary><c>fovea scaling fit POINTS</c>: the law's parameters, by the published grid search and by continuous least squares.</summary>
internal static class ScalingFitCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var points = new PointsOption();
        var draws = new Option<int>("--bootstrap") { Description = "samples for the intervals of 95 %; 0 = none", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "seed of the samples" };
        var text = new Option<double>("--text-tokens") { Description = "Q: text tokens that are computed, for the plot", DefaultValueFactory = _ => 50 };
        var sizes = new Option<string>("--sizes") { Description = "model sizes in 10^9 parameters to predict in the second plot", DefaultValueFactory = _ => "14" };
        var compute = new Option<string?>("--plot") { Description = "write error against compute as SVG", HelpName = "FILE" };
        var prediction = new Option<string?>("--plot-tokens") { Description = "write error against visual tokens as SVG", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "print one JSON array instead of text" };
        var command = new ExampleCommand(
            "fit",
            "Fits error = a N^-b V^-c + d to measurements.",
            "fovea scaling fit docs/data/scaling-law-points.csv --group dataset",
            "fovea scaling fit points.csv --plot compute.svg --text-tokens 0") { draws, seed, text, sizes, compute, prediction, json };
        points.AddTo(command);
        command.SetAction(parsed => terminal.Interruption.RunAsync(cancellation =>
        {
            var groups = points.Read(parsed);
            if (parsed.GetValue(draws) is < 0 or 1)
            {
                throw new ArgumentException("--bootstrap takes 0 or at least 2 samples.");
            }

            var fits = groups.Select(group => ScalingFitOutput.Of(group.Group, group.Points, parsed.GetValue(draws), parsed.GetValue(seed), cancellation)).ToArray();
            foreach (var (group, fit) in groups.Zip(fits))
            {
                Write(parsed.GetValue(compute), () => ScalingPlot.Compute(group.Points, fit.Law, parsed.GetValue(text)).ToSvg());
                Write(parsed.GetValue(prediction), () => ScalingPlot.Prediction(group.Points, fit.Law, NumberList.Read(parsed, sizes)).ToSvg());
                void Write(string? file, Func<string> svg)
                {
                    if (file is not null)
                    {
                        File.WriteAllText(PointsOption.FileFor(file, group.Group, groups.Count), svg());
                    }
                }
            }

            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(fits, OutputJson.Plain.ScalingFitOutputArray));
            }
            else
            {
                Array.ForEach(fits, fit => Show(fit, terminal));
            }

            return Task.FromResult(ExitCode.Success);
        }));
        return command;
    }

    private static void Show(ScalingFitOutput fit, Terminal terminal)
    {
        terminal.Out.WriteLine($"{(fit.Group.Length > 0 ? $"{fit.Group}: " : "")}{fit.Points} points");
        var table = new Table().Border(TableBorder.Simple).AddColumns("fit", "a", "b (alpha)", "c (beta)", "d", "b / c", "squared error", "R2", "mean relative error");
        Row("continuous, all at least 0", fit.Law, fit.SquaredError, fit.Quality);
        if (fit.Interval is { } interval)
        {
            table.AddRow(
                "  95 % of samples", Range(interval.Lower.A, interval.Upper.A), Range(interval.Lower.B, interval.Upper.B), Range(interval.Lower.C, interval.Upper.C),
                Range(interval.Lower.D, interval.Upper.D), $"{interval.RatioLower:F2} to {interval.RatioUpper:F2}", "", "", "");
        }

        Row("published grid", fit.Grid, fit.GridSquaredError, fit.GridQuality);
        terminal.WriteResult(table);
        if (fit.GridEdges.Count > 0)
        {
            terminal.Note($"The grid's best point lies at the end of {string.Join(" and ", fit.GridEdges)}: the true optimum may lie outside the published ranges; trust the continuous fit.");
        }

        void Row(string name, ScalingLaw law, double error, FitQuality quality) => table.AddRow(
            name, Text(law.A), Text(law.B), Text(law.C), Text(law.D), (law.B / law.C).ToString("F2", CultureInfo.InvariantCulture), error.ToString("0.000E+0", CultureInfo.InvariantCulture),
            quality.ExplainedVariance.ToString("F4", CultureInfo.InvariantCulture), quality.MeanRelative.ToString("P2", CultureInfo.InvariantCulture));
    }

    private static string Range(double lower, double upper) => $"{Text(lower)} to {Text(upper)}";

    private static string Text(double value) => value.ToString("0.00000", CultureInfo.InvariantCulture);
}
