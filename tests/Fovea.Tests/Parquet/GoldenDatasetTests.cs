using System.Security.Cryptography;
using System.Text.Json;
using Fovea.Imaging;
using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

/// <summary>Files that Hugging Face's datasets wrote with pyarrow, and the rows that it read back.</summary>
[Trait("kind", "golden")]
public sealed class GoldenDatasetTests
{
    private static readonly string Folder = Repository.Path("tests/golden/evaluation/datasets");

    public static TheoryData<string> Datasets =>
        new(Directory.GetDirectories(Folder).Where(path => Directory.GetFiles(path, "*.parquet", SearchOption.AllDirectories).Length > 0).Select(path => Path.GetFileName(path)));

    [Theory]
    [MemberData(nameof(Datasets))]
    public void Read_OfADataset_GivesTheRowsThatItsWriterRead(string name)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name, "expected.json")));
        var rows = expected.RootElement.GetProperty("rows").EnumerateArray().ToList();
        var first = rows[0].EnumerateObject().Select(property => property.Name).ToList();
        int next = 0;
        foreach (string path in Directory.GetFiles(Path.Combine(Folder, name), "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var reader = ParquetReader.Open(path);
            var columns = first.Select(reader.Column).OfType<ParquetColumn>().ToList();
            if (columns.Count < first.Count / 2)
            {
                continue; // GQA has its pictures in a file of their own.
            }

            for (long row = 0; row < reader.RowCount; row++, next++)
            {
                Assert.All(columns, column => Same(column.Field, column.Read(row), rows[next].GetProperty(column.Field.Name)));
            }
        }

        Assert.Equal(rows.Count, next);
    }

    private static void Same(SchemaNode node, object? value, JsonElement expected)
    {
        switch (value)
        {
            case null:
                Assert.Equal(JsonValueKind.Null, expected.ValueKind);
                break;
            case object?[] elements when node.IsList:
                Assert.Equal(elements.Length, expected.GetArrayLength());
                Assert.All(elements.Zip(expected.EnumerateArray()), pair => Same(node.Element, pair.First, pair.Second));
                break;
            case object?[] and [byte[] picture, _] when expected.TryGetProperty("rgb_sha256", out var digest):
                Assert.Equal(digest.GetString(), Convert.ToHexStringLower(SHA256.HashData(Image.Decode(picture).Rgb)));
                break;
            case object?[] fields:
                Assert.All(node.Children.Zip(fields), pair => Same(pair.First, pair.Second, expected.GetProperty(pair.First.Name)));
                break;
            case string text:
                Assert.Equal(expected.GetString(), text);
                break;
            default:
                Assert.Equal(expected.GetRawText(), JsonSerializer.Serialize(value));
                break;
        }
    }
}
