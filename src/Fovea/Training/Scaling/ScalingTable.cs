using System.Globalization;

namespace Fovea.Training.Scaling;

/// <summary>Measurements in a CSV file (RFC 4180): one row a measurement, the first line names the columns.</summary>
public static class ScalingTable
{
    private const int MostRows = 1_000_000;
    private static readonly string[] SizeColumns = ["params_billion", "llm_params_billion"];
    private static readonly string[] TokenColumns = ["visual_tokens"];
    private static readonly string[] ErrorColumns = ["error", "avg_downstream_error_fraction"];
    private static readonly string[] ScoreColumns = ["score", "avg_downstream_score_fraction"];

    /// <summary>Reads the points of each group, in the order in which the groups appear.</summary>
    /// <param name="path">The file. Columns: params_billion (or llm_params_billion), visual_tokens, and error or score (or avg_downstream_..._fraction), as fractions.</param>
    /// <param name="group">The column whose values are fitted apart, or none for one group.</param>
    /// <exception cref="InvalidDataException">A column is missing, or a cell is no number in its range; the message names file, line and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<(string Group, IReadOnlyList<ScalingPoint> Points)> Read(string path, string? group = null)
    {
        using var reader = new StreamReader(path);
        var rows = CsvRows.Read(reader, path, MostRows).GetEnumerator();
        if (!rows.MoveNext())
        {
            throw new InvalidDataException($"{path} is empty; its first line names the columns, {SizeColumns[0]}, {TokenColumns[0]} and {ErrorColumns[0]}.");
        }

        string[] header = rows.Current.Cells;
        int size = Column(path, header, SizeColumns), tokens = Column(path, header, TokenColumns);
        int error = Array.FindIndex(header, name => ErrorColumns.Contains(name, StringComparer.OrdinalIgnoreCase));
        int score = error >= 0 ? -1 : Column(path, header, [.. ErrorColumns, .. ScoreColumns]);
        int key = group is null ? -1 : Column(path, header, [group]);
        var groups = new List<(string Group, IReadOnlyList<ScalingPoint> Points)>();
        while (rows.MoveNext())
        {
            var (line, cells) = rows.Current;
            double value = Number(path, line, header, cells, error >= 0 ? error : score, value => value is >= 0 and <= 1, "a fraction from 0 to 1");
            var point = new ScalingPoint(
                Number(path, line, header, cells, size, value => value > 0, "above 0"), Number(path, line, header, cells, tokens, value => value > 0, "above 0"), error >= 0 ? value : 1 - value);
            string name = key < 0 ? "" : cells[key];
            int at = groups.FindIndex(one => one.Group == name);
            if (at < 0)
            {
                at = groups.Count;
                groups.Add((name, new List<ScalingPoint>()));
            }

            ((List<ScalingPoint>)groups[at].Points).Add(point);
        }

        return groups.Count > 0 ? groups : throw new InvalidDataException($"{path} has no rows below its header.");
    }

    private static int Column(string path, string[] header, string[] names)
    {
        int index = Array.FindIndex(header, name => names.Contains(name, StringComparer.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new InvalidDataException($"{path} has no column {string.Join(" or ", names)}; it has {string.Join(", ", header)}.");
    }

    private static double Number(string path, int line, string[] header, string[] cells, int column, Func<double, bool> valid, string range) =>
        double.TryParse(cells[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && valid(value)
            ? value
            : throw new InvalidDataException($"{path}, line {line}: {header[column]} is '{cells[column]}', not a number {range}.");
}
