using System.CommandLine;
using System.Globalization;

namespace Fovea.Cli.Commands.Scaling;

/// <summary>Options that hold positive numbers.</summary>
internal static class NumberList
{
    /// <summary>Numbers separated by commas.</summary>
    /// <exception cref="ArgumentException">One is no positive number.</exception>
    public static double[] Read(ParseResult parsed, Option<string> option) =>
        Array.ConvertAll((parsed.GetValue(option) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number)
                ? number
                : throw new ArgumentException($"{option.Name} {part} is no positive number."));

    /// <summary>Operations, with k, M, G, T or P behind the number; in units of 10^9.</summary>
    /// <exception cref="ArgumentException">It is no positive number.</exception>
    public static double GigaFlops(string text, string option)
    {
        string trimmed = text.Trim();
        double unit = trimmed.Length == 0 ? 0 : trimmed[^1] switch { 'k' or 'K' => 1e3, 'M' => 1e6, 'G' => 1e9, 'T' => 1e12, 'P' => 1e15, _ => 1 };
        return double.TryParse(unit > 1 ? trimmed[..^1] : trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number)
            ? number * unit / 1e9
            : throw new ArgumentException($"{option} {text} is no positive number of operations, such as 2e12, 500G or 2T.");
    }
}
