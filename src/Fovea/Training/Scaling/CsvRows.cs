using System.Text;

namespace Fovea.Training.Scaling;

/// <summary>The rows of a CSV file (RFC 4180): commas, double quotes around cells, doubled inside them.</summary>
internal static class CsvRows
{
    private const int LongestCell = 1 << 20;

    /// <summary>Reads rows as they come; empty lines are passed over.</summary>
    /// <exception cref="InvalidDataException">A quote is not closed, a cell is too long, there are too many rows, or a row has another number of cells than the first.</exception>
    public static IEnumerable<(int Line, string[] Cells)> Read(TextReader reader, string path, int mostRows)
    {
        int line = 0, rows = 0, columns = 0;
        while (reader.ReadLine() is { } text)
        {
            int first = ++line;
            if (text.Trim().Length == 0)
            {
                continue;
            }

            // A cell in quotes may run over several lines.
            while (text.Count(character => character == '"') % 2 != 0)
            {
                string next = text.Length <= LongestCell && reader.ReadLine() is { } more ? more : throw new InvalidDataException($"{path}, line {first}: a quote is not closed.");
                text = $"{text}\n{next}";
                line++;
            }

            string[] cells = Split(text, $"{path}, line {first}");
            columns = columns == 0 ? cells.Length : columns;
            if (cells.Length != columns || ++rows > mostRows + 1)
            {
                throw new InvalidDataException(cells.Length != columns ? $"{path}, line {first}: {cells.Length} cells, where the header has {columns}." : $"{path} has more than {mostRows} rows.");
            }

            yield return (first, cells);
        }
    }

    private static string[] Split(string text, string place)
    {
        var cells = new List<string>();
        int at = 0;
        while (true)
        {
            var cell = new StringBuilder();
            if (at < text.Length && text[at] == '"')
            {
                for (at++; at < text.Length && (text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"')); at++)
                {
                    cell.Append(text[at]);
                    at += text[at] == '"' ? 1 : 0;
                }

                at++;
            }

            int end = text.IndexOf(',', Math.Min(at, text.Length));
            string rest = text[Math.Min(at, text.Length)..(end < 0 ? text.Length : end)];
            cells.Add(cell.Length == 0 ? rest.Trim() : rest.Trim().Length == 0 ? cell.ToString() : throw new InvalidDataException($"{place}: text follows a closing quote."));
            if (end < 0)
            {
                return [.. cells];
            }

            at = end + 1;
        }
    }
}
