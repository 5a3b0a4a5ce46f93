using System.Text;
using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

/// <summary>Files that other programs wrote; Files/README.md says which.</summary>
[Trait("kind", "reference")]
public sealed class ForeignFileTests
{
    private static readonly string Folder = Repository.Path("tests/Fovea.Tests/Parquet/Files");

    public static TheoryData<string> Files => new(Directory.GetFiles(Folder, "*.parquet").Select(path => Path.GetFileName(path)).Where(name => !name.Contains("zstd") && !name.Contains("lz4")));

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_OfAFile_GivesItsRows(string name)
    {
        using var reader = ParquetReader.Open(Path.Combine(Folder, name));
        Assert.Equal(60, reader.RowCount);
        foreach (var field in reader.Schema.Fields)
        {
            var column = reader.Column(field.Name)!;
            Assert.Equal(Enumerable.Range(0, 60).Select(i => ParquetFolder.Text(Value(field.Name, i))), Enumerable.Range(0, 60).Select(i => ParquetFolder.Text(column.Read(i))));
        }
    }

    [Theory]
    [InlineData("duckdb-zstd.parquet", "ZSTD")]
    [InlineData("duckdb-lz4.parquet", "LZ4_RAW")]
    public void Read_OfAnotherCodec_NamesItAndThePlace(string name, string codec)
    {
        using var reader = ParquetReader.Open(Path.Combine(Folder, name));
        string message = Assert.Throws<InvalidDataException>(() => reader.Column("number")!.Read(40)).Message;
        Assert.Contains($"{name}: column number, row group 0: page 0: the compression {codec} is not read", message, StringComparison.Ordinal);
    }

    /// <summary>The value of a field in row <paramref name="i"/>.</summary>
    private static object? Value(string field, int i) => field switch
    {
        "id" => $"sample {i}",
        "image" => i % 5 == 3 ? null : new object?[] { i % 5 == 2 ? null : (byte[])[0x89, .. Encoding.ASCII.GetBytes($"PNG{i}")], i % 2 == 0 ? $"picture{i}.png" : null },
        "conversations" when i % 7 == 6 => null,
        "conversations" when i % 7 == 5 => Array.Empty<object?>(),
        "conversations" => Enumerable.Range(0, 1 + (i % 3)).Select(turn => (object?)new object?[] { turn % 2 == 0 ? "human" : "gpt", i % 4 == 0 ? "" : $"wörd {i} {turn}" }).ToArray(),
        "flag" => i % 6 == 1 ? null : i % 3 == 0,
        "number" => (i * 7919) - 50000,
        "big" => i % 9 == 0 ? null : (i * 1234567890123L) - 5,
        "real" => (float)(i / 7.0),
        "double" => Math.Sqrt(i),
        "lists" => i % 4 == 1 ? null : new object?[] { new object?[] { i, null }, Array.Empty<object?>(), null, new object?[] { i } },
        "map" => i % 3 == 1 ? null : new object?[] { new object?[] { $"{i}", 1.5 }, new object?[] { "k", null } },
        "common" => $"same {i % 3}",
        "rare" => i is >= 10 and < 45 ? null : "rare",
        _ => throw new ArgumentException(field),
    };
}
