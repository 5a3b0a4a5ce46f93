using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Output;
using Spectre.Console;

namespace Fovea.Cli.Commands.Scaling;

/// <summary>Model sizes with their tokens, errors and costs.</summary>
internal static class ChoiceTable
{
    /// <summary>Prints rows as a table or as JSON.</summary>
    public static void Write(Terminal terminal, ScalingChoiceOutput[] rows, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(rows, OutputJson.Plain.ScalingChoiceOutputArray));
            return;
        }

        bool groups = rows.Any(row => row.Group.Length > 0), kinds = rows.Any(row => row.Kind.Length > 0);
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns([.. groups ? ["group"] : Array.Empty<string>(), .. kinds ? ["choice"] : Array.Empty<string>(), "parameters, 10^9", "visual tokens", "error", "operations, 10^9"]);
        foreach (var row in rows)
        {
            table.AddRow(Array.ConvertAll<string, string>(
                [
                    .. groups ? [row.Group] : Array.Empty<string>(), .. kinds ? [row.Kind] : Array.Empty<string>(),
                    Text(row.ParamsBillion, "0.###"), Text(row.VisualTokens, "0.#"), Text(row.Error, "0.0000"), Text(row.GigaFlops, "0.#"),
                ], Markup.Escape));
        }

        terminal.WriteResult(table);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
