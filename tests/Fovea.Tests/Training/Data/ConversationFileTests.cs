using System.Text;
using Fovea.Training.Data;

namespace Fovea.Tests.Training.Data;

public sealed class ConversationFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("kind", "property")]
    public void Open_OfAFileLargerThanItsBuffer_FindsEverySample()
    {
        var random = new Random(7);
        var json = new StringBuilder("[\n");
        var texts = new List<string>();
        for (int i = 0; i < 200; i++)
        {
            // Some are longer than the buffer; brackets and quotes inside texts are no structure.
            string text = $"ä[{{\\\" {i} " + string.Concat(Enumerable.Repeat("wörd ", random.Next(i % 50 == 3 ? 40_000 : 300)));
            texts.Add(text.Replace("\\\"", "\"", StringComparison.Ordinal));
            json.Append(i > 0 ? " ,\n" : "").Append($$"""{"id": {{i}}, "other": [1, {"a": [2]}], "conversations": [{"from": "human", "value": "{{text}}"}]}""");
        }

        using var source = Open(json.Append("\n]\n").ToString());
        Assert.Equal(200, source.Count);
        Assert.Empty(source.Skipped);
        foreach (int i in Enumerable.Range(0, 200).OrderBy(_ => random.Next()))
        {
            Assert.Equal($"{i}", source.IdOf(i));
            Assert.Equal(texts[i], source.Read(i).Turns.Single().Value);
            Assert.Equal(-texts[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, source.WordCounts[i]);
        }
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[", "not valid JSON")]
    [InlineData("[{\"conversations\": [{\"from\": \"human\"", "not valid JSON")]
    [InlineData("[] []", "not valid JSON")]
    [InlineData("{}", "no JSON array")]
    [InlineData("7", "no JSON array")]
    public void Open_OfAnotherFile_NamesIt(string json, string reason)
    {
        string message = Assert.Throws<InvalidDataException>(() => Open(json)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("samples.json", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null", "no list of conversations")]
    [InlineData("[]", "no list of conversations")]
    [InlineData("{\"conversations\": []}", "no list of conversations")]
    [InlineData("{\"conversations\": [{\"from\": \"human\"}]}", "turn 1 of its conversations has no value")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \" \"}]}", "no words")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"image\": 3}", "image is no path")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"image\": \"/etc/passwd\"}", "outside the folder")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"image\": \"a/../../b.png\"}", "outside the folder")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"image\": \"b\\u0000.png\"}", "")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"\\ud800\"}]}", "")]
    public void Open_OfABrokenSample_SkipsIt(string sample, string reason)
    {
        using var source = Open($$"""[{"conversations": [{"from": "human", "value": "a b"}]}, {{sample}}]""");
        Assert.Equal([-2], source.WordCounts);
        Assert.Contains(reason, source.Skipped.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAFileThatHasChanged_SaysSo()
    {
        using var source = Open("""[{"conversations": [{"from": "human", "value": "a b"}]}]""");
        File.WriteAllText(Path.Combine(_folder, "samples.json"), "[");
        Assert.Contains("has changed", Assert.Throws<InvalidDataException>(() => source.Read(0)).Message, StringComparison.Ordinal);
    }

    private SampleSource Open(string json)
    {
        string file = Path.Combine(_folder, "samples.json");
        File.WriteAllText(file, json);
        return SampleSource.Open(file, _folder);
    }
}
