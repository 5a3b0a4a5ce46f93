using System.Globalization;
using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

/// <summary>A folder for the files of one test.</summary>
internal sealed class ParquetFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fovea-parquet-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes rows; returns the file.</summary>
    public string Write(Schema schema, IEnumerable<object?[]> rows, int rowGroupRows = 100)
    {
        string path = In("rows.parquet");
        using var writer = new ParquetWriter(path, schema, new Dictionary<string, string> { ["note"] = "ä" }) { RowGroupRows = rowGroupRows };
        foreach (object?[] row in rows)
        {
            writer.Add(row);
        }

        writer.Finish();
        return path;
    }

    /// <summary>All rows of a file.</summary>
    public static List<object?[]> Read(string path, ParquetLimits? limits = null)
    {
        using var reader = ParquetReader.Open(path, limits);
        var columns = reader.Schema.Fields.Select(field => reader.Column(field.Name)!).ToList();
        var rows = new List<object?[]>();
        for (long row = 0; row < reader.RowCount; row++)
        {
            rows.Add([.. columns.Select(column => column.Read(row))]);
        }

        return rows;
    }

    /// <summary>A value as text, the same only for the same value.</summary>
    public static string Text(object? value) => value switch
    {
        null => "null",
        object?[] several => $"[{string.Join(", ", several.Select(Text))}]",
        byte[] bytes => Convert.ToHexString(bytes),
        string text => $"'{text}'",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name} {value}"),
    };

    /// <summary>Rows as text.</summary>
    public static IEnumerable<string> Text(IEnumerable<object?[]> rows) => rows.Select(Text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
