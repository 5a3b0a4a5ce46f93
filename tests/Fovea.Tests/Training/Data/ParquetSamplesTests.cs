using Fovea.Imaging;
using Fovea.Parquet;
using Fovea.Tests.Parquet;
using Fovea.Training.Data;
using Fovea.Training.Scenes;

namespace Fovea.Tests.Training.Data;

public sealed class ParquetSamplesTests : IDisposable
{
    private static readonly SchemaNode ImageGroup =
        new("image", Repetition.Optional, [new SchemaNode("bytes", Repetition.Optional, PhysicalType.ByteArray), SchemaNode.Text("path")]);

    private static readonly SchemaNode Turn = new("element", Repetition.Optional, [SchemaNode.Text("from"), SchemaNode.Text("value")]);

    private static readonly object?[] Question = [new object?[] { "human", "a b" }, new object?[] { "gpt", "c" }];

    private readonly ParquetFolder _folder = new();
    private readonly byte[] _png;

    public ParquetSamplesTests()
    {
        new Image(2, 1, [1, 2, 3, 4, 5, 6]).SavePng(_folder.In("a.png"));
        _png = File.ReadAllBytes(_folder.In("a.png"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("kind", "property")]
    public void Open_OfScenesInBothForms_GivesTheSameSamples()
    {
        var scenes = new SceneDataset { Seed = 5, Questions = 3 };
        scenes.Write(_folder.In("scenes"), 130);
        scenes.Write(_folder.In("scenes.parquet"), 130);
        using var json = SampleSource.Open(Path.Combine(_folder.In("scenes"), SceneDataset.ConversationsFile), "");
        using var parquet = SampleSource.Open(_folder.In("scenes.parquet"), "");
        Assert.Equal(json.WordCounts, parquet.WordCounts);
        for (int i = 0; i < 130; i++)
        {
            int index = i * 67 % 130;
            var (expected, found) = (json.Read(index), parquet.Read(index));
            Assert.Equal(json.IdOf(index), parquet.IdOf(index));
            Assert.Equal(expected.Turns, found.Turns);
            Assert.True(Assert.Single(found.Pictures).Rgb.SequenceEqual(Assert.Single(expected.Pictures).Rgb));
        }
    }

    [Fact]
    public void Write_ThatIsStopped_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => new SceneDataset().Write(_folder.In("new/scenes.parquet"), 300, Stop, stop.Token));
        Assert.Empty(Directory.GetFiles(_folder.In("new")));

        void Stop(int written)
        {
            if (written == 150)
            {
                stop.Cancel();
            }
        }
    }

    [Theory]
    [InlineData("group", 1)]
    [InlineData("group by path", 1)]
    [InlineData("bytes", 1)]
    [InlineData("path", 1)]
    [InlineData("list of groups", 2)]
    [InlineData("list of bytes", 2)]
    [InlineData("list of paths", 2)]
    public void Read_OfPicturesInAnyForm_DecodesThem(string form, int pictures)
    {
        var bytes = new SchemaNode("image", Repetition.Optional, PhysicalType.ByteArray);
        object?[] ofBytes = [_png, "elsewhere.png"], ofPath = [null, "a.png"];
        (SchemaNode Field, object? Value) image = form switch
        {
            "group" => (ImageGroup, ofBytes),
            "group by path" => (ImageGroup, ofPath),
            "bytes" => (bytes, _png),
            "path" => (SchemaNode.Text("image"), "a.png"),
            "list of groups" => (SchemaNode.List("images", ImageGroup), new object?[] { ofBytes, ofPath }),
            "list of bytes" => (SchemaNode.List("images", bytes), new object?[] { _png, _png }),
            _ => (SchemaNode.List("image", SchemaNode.Text("element")), new object?[] { "a.png", "a.png" }),
        };
        using var source = Open([image.Field, SchemaNode.List("conversations", Turn)], [image.Value, Question], [null, Question]);
        Assert.Equal([3, -3], source.WordCounts);
        Assert.Equal(pictures, source.Read(0).Pictures.Count);
        Assert.All(source.Read(0).Pictures, picture => Assert.Equal([1, 2, 3, 4, 5, 6], picture.Rgb.ToArray()));
        Assert.Empty(source.Read(1).Pictures);
        Assert.Equal("#1", source.IdOf(1));
    }

    [Fact]
    public void Read_OfConversationsInJson_GivesTheirTurns()
    {
        using var source = Open([new SchemaNode("id", Repetition.Required, PhysicalType.Int64), SchemaNode.Text("conversations")], [7L, """[{"from": "human", "value": "a"}]"""], [8L, "["], [9L, "{}"]);
        Assert.Equal(new ConversationTurn("human", "a"), Assert.Single(source.Read(0).Turns));
        Assert.Equal("7", source.IdOf(0));
        Assert.Equal(["8", "9"], source.Skipped.Select(sample => sample.Id));
        Assert.Contains("not valid JSON", source.Skipped[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfBrokenSamples_SkipsThem()
    {
        object?[] missing = [null, "b.png"], outside = [null, "../a.png"], speechless = [new object?[] { "human", " " }], partial = [new object?[] { "human", null }], nothing = [null];
        object?[][] broken = [[missing, Question], [outside, Question], [null, null], [null, Array.Empty<object?>()], [null, speechless], [null, partial], [null, nothing]];
        using var source = Open([ImageGroup, SchemaNode.List("conversations", Turn)], [[null, Question], .. broken]);
        Assert.Equal([-3], source.WordCounts);
        string[] reasons = ["b.png is not in", "lies outside", "no list of conversations", "no list of conversations", "no words", "turn 1 of its conversations has no value", "has no from"];
        Assert.Equal(reasons.Length, source.Skipped.Count);
        Assert.All(reasons.Zip(source.Skipped), pair => Assert.Contains(pair.First, pair.Second.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Open_OfOtherColumns_NamesThem()
    {
        Assert.Contains("no column conversations among text", Refusal([SchemaNode.Text("text")], ["a"]), StringComparison.Ordinal);
        Assert.Contains("conversations is neither", Refusal([new SchemaNode("conversations", Repetition.Required, PhysicalType.Int32)], [1]), StringComparison.Ordinal);
        Assert.Contains("conversations is neither", Refusal([SchemaNode.List("conversations", SchemaNode.Text("element"))], [null]), StringComparison.Ordinal);
        Assert.Contains("image is neither", Refusal([new SchemaNode("image", Repetition.Required, PhysicalType.Double), SchemaNode.Text("conversations")], [1.0, "[]"]), StringComparison.Ordinal);

        string Refusal(SchemaNode[] fields, object?[] row)
        {
            string message = Assert.Throws<InvalidDataException>(() => Open(fields, row)).Message;
            Assert.StartsWith(_folder.In("rows.parquet"), message, StringComparison.Ordinal);
            return message;
        }
    }

    [Fact]
    public void Open_OfMoreRowsThanBytes_IsRefused()
    {
        string path = _folder.Write(new Schema([SchemaNode.Text("conversations")]), Enumerable.Repeat<object?[]>([null], 3000), rowGroupRows: 5000);
        Assert.Contains("more than the file has bytes", Assert.Throws<InvalidDataException>(() => SampleSource.Open(path, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFolder_TakesItsShardsByName()
    {
        foreach (string name in (string[])["b", "a", "c"])
        {
            File.Move(_folder.Write(new Schema([SchemaNode.Text("id"), SchemaNode.List("conversations", Turn)]), [[name, Question]]), _folder.In($"{name}.parquet"));
        }

        using var samples = SampleSet.Open([_folder.Path], []);
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, samples.Count).Select(i => samples.NameOf(i)[..1]));
        Assert.Contains("without .parquet files", Assert.Throws<FileNotFoundException>(() => SampleSet.Open([Directory.CreateDirectory(_folder.In("empty")).FullName], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_OfOtherTexts_IsAnother()
    {
        string first = Fingerprint("a"), again = Fingerprint("a"), other = Fingerprint("b");
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        string Fingerprint(string id)
        {
            using var source = Open([SchemaNode.Text("id"), SchemaNode.List("conversations", Turn)], [id, Question]);
            return source.Fingerprint;
        }
    }

    private SampleSource Open(SchemaNode[] fields, params object?[][] rows) => SampleSource.Open(_folder.Write(new Schema(fields), rows), _folder.Path);
}
