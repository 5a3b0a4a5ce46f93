namespace Fovea.Tests.Documents;

/// <summary>Every block of the README runs as written and prints what the block behind it says.</summary>
[Collection(DocumentCollection.Name)]
[Trait("kind", "end-to-end")]
public sealed class ReadmeTests
{
    private static readonly List<FencedBlock> Blocks = FencedBlock.Of("README.md");

    public static TheoryData<int> Commands => Runnable("sh");

    public static TheoryData<int> Programs => Runnable("csharp");

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_OfTheReadme_PrintsWhatTheReadmeSays(int index)
    {
        string command = Blocks[index].Text.Trim();
        if (command == "dotnet test -c Release")
        {
            // This very run. That what is checked before a merge is this command is all there is to see.
            Assert.Contains("\n" + command, File.ReadAllText(Repository.Path(".ci/run")), StringComparison.Ordinal);
            return;
        }

        Assert.StartsWith(ShellCommand.Program, command, StringComparison.Ordinal);
        var run = ShellCommand.Run(command);
        Assert.Equal(0, run.Code);
        AssertSame(Words(Expected(index)), Words(run.Out));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Program_OfTheReadme_PrintsWhatTheReadmeSays(int index) =>
        AssertSame(Words(Expected(index)), Words(ProgramText.Run(Blocks[index].Text)));

    private static TheoryData<int> Runnable(string language) => new(Enumerable.Range(0, Blocks.Count).Where(index => Blocks[index].Language == language));

    private static string Expected(int index)
    {
        Assert.Equal("text", Blocks[index + 1].Language);
        return Blocks[index + 1].Text;
    }

    private static string[] Words(string text) => text.Split(['\n', '\r', ' ', '|'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Equal, but for accuracies: a processor that adds in another order may answer one question of a kind differently.</summary>
    private static void AssertSame(string[] expected, string[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (wanted, got) in expected.Zip(actual).Where(pair => pair.First != pair.Second))
        {
            Assert.True(wanted.Contains('.', StringComparison.Ordinal) && double.TryParse(wanted, out double percent) && double.TryParse(got, out double now) && Math.Abs(percent - now) <= 10, $"{got} instead of {wanted}");
        }
    }
}
