namespace Fovea.Tests.Documents;

[Collection(DocumentCollection.Name)]
[Trait("kind", "end-to-end")]
public sealed class SampleTests
{
    public static TheoryData<string> Samples => new(Directory.EnumerateFiles(Repository.Path("samples"), "*.cs").Select(file => Path.GetRelativePath(Repository.Root, file)));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_IsShortAndBuildsWithoutNativeCompilation(string path)
    {
        string[] lines = File.ReadAllLines(Repository.Path(path));
        Assert.InRange(lines.Length, 1, 29);
        Assert.Contains("#:property PublishAot=false", lines);
    }

    [Fact]
    public void Describe_OfADemoPicture_DescribesIt() =>
        Assert.StartsWith("A ", ProgramText.Run(File.ReadAllText(Repository.Path("samples/Describe.cs")), "models/foveola/demo/demo3.png").Trim(), StringComparison.Ordinal);
}
