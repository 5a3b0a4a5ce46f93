using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

[Trait("kind", "property")]
public sealed class RoundTripTests : IDisposable
{
    private readonly ParquetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new RandomRows(seed);
            var schema = random.Schema();
            object?[][] rows = [.. Enumerable.Range(0, seed % 5 * 17).Select(_ => random.Row(schema))];
            string path = _folder.Write(schema, rows, rowGroupRows: 1 + (seed % 23));
            Assert.Equal(ParquetFolder.Text(rows), ParquetFolder.Text(ParquetFolder.Read(path)));
        }
    }

    [Fact]
    public void Read_OfRowsInAnyOrder_IsTheSame()
    {
        var random = new RandomRows(5);
        var schema = random.Schema();
        object?[][] rows = [.. Enumerable.Range(0, 90).Select(_ => random.Row(schema))];
        using var reader = ParquetReader.Open(_folder.Write(schema, rows, rowGroupRows: 7));
        var column = reader.Column(schema.Fields[0].Name)!;
        Assert.Equal(13, reader.RowGroups.Count);
        foreach (int row in Enumerable.Range(0, 90).OrderBy(row => row * 37 % 90))
        {
            Assert.Equal(ParquetFolder.Text(rows[row][0]), ParquetFolder.Text(column.Read(row)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => column.Read(90));
        Assert.Equal("ä", reader.KeyValues["note"]);
    }

    [Fact]
    public void Add_OfMoreBytesThanARowGroupTakes_BeginsTheNext()
    {
        var schema = new Schema([new SchemaNode("bytes", Repetition.Required, PhysicalType.ByteArray)]);
        string path = _folder.In("bytes.parquet");
        using (var writer = new ParquetWriter(path, schema, new Dictionary<string, string>()) { RowGroupBytes = 1000 })
        {
            Array.ForEach(Enumerable.Range(0, 10).ToArray(), i => writer.Add(new byte[400]));
            writer.Finish();
        }

        using var reader = ParquetReader.Open(path);
        Assert.Equal([3, 3, 3, 1], reader.RowGroups.Select(group => group.RowCount));
    }

    [Fact]
    public void Add_OfAValueThatDoesNotFit_LeavesNoFile()
    {
        var schema = new Schema([new SchemaNode("number", Repetition.Required, PhysicalType.Int32), SchemaNode.Text("text")]);
        foreach (object?[] row in new object?[][] { [null, "a"], [1L, "a"], [1, 2], [1, "\ud800"], [1] })
        {
            using var writer = new ParquetWriter(_folder.In("never.parquet"), schema, new Dictionary<string, string>());
            Assert.ThrowsAny<ArgumentException>(() => writer.Add(row));
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Read_OfListsAsOlderWritersLayThemOut_GivesTheirElements()
    {
        var text = new SchemaNode("text", Repetition.Required, PhysicalType.ByteArray, Annotation.String);
        var number = new SchemaNode("number", Repetition.Required, PhysicalType.Int32);
        object?[] ofTexts = ["a", "b"], ofGroups = [new object?[] { "a" }, new object?[] { "b" }], ofPairs = [new object?[] { "a", 1 }], ofLists = [new object?[] { "a" }, Array.Empty<object?>()];
        (SchemaNode Repeated, object?[] Value)[] lists =
        [
            (new SchemaNode("element", Repetition.Repeated, PhysicalType.ByteArray, Annotation.String), ofTexts),
            (new SchemaNode("element", Repetition.Repeated, [text, number]), ofPairs),
            (new SchemaNode("array", Repetition.Repeated, [new SchemaNode("array", Repetition.Repeated, PhysicalType.ByteArray, Annotation.String)], Annotation.List), ofLists),
            (new SchemaNode("array", Repetition.Repeated, [text]), ofGroups),
            (new SchemaNode("my_list_tuple", Repetition.Repeated, [text]), ofGroups),
            (new SchemaNode("element", Repetition.Repeated, [text]), ofTexts),
        ];
        foreach (var (repeated, value) in lists)
        {
            string path = _folder.Write(new Schema([new SchemaNode("my_list", Repetition.Optional, [repeated], Annotation.List)]), [[value], [null], [Array.Empty<object?>()]]);
            Assert.Equal(ParquetFolder.Text([[value], [null], [Array.Empty<object?>()]]), ParquetFolder.Text(ParquetFolder.Read(path)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(32)]
    public void HybridRuns_OfAnyNumbers_ReadBackTheSame(int width)
    {
        var random = new Random(width);
        for (int length = 0; length < 200; length++)
        {
            var numbers = new List<int>();
            while (numbers.Count < length)
            {
                numbers.AddRange(Enumerable.Repeat((int)(random.NextInt64(1L << 32) & ((1L << width) - 1)), random.Next(3) == 0 ? random.Next(40) : 1));
            }

            using var stream = new MemoryStream();
            HybridRuns.Write(stream, width, [.. numbers]);
            int[] read = new int[numbers.Count];
            HybridRuns.Read(stream.ToArray(), width, read);
            Assert.Equal(numbers, read);
        }
    }
}
