using System.Text.Json;
using Fovea.Cli;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class ChatCommandTests
{
    [Fact]
    public void Chat_OfTwoQuestions_ComputesThePictureOnce()
    {
        var run = CommandLine.RunWithInput(
            "What word is on the sign?\nHow many shapes are there?\n\nnever read\n", "chat", CommandLine.Picture, "--model", CommandLine.Model, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        using var first = JsonDocument.Parse(lines[0]);
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("OPEN", first.RootElement.GetProperty("answer").GetString());
        Assert.Equal(0, first.RootElement.GetProperty("stats").GetProperty("cached_tokens").GetInt32());
        Assert.True(second.RootElement.GetProperty("stats").GetProperty("cached_tokens").GetInt32() > 144);
    }

    [Fact]
    public void Chat_AtTheEndOfInput_EndsWell()
    {
        var run = CommandLine.RunWithInput("What word is on the sign?", "chat", CommandLine.Picture, "--model", CommandLine.Model);
        Assert.Equal((0, "OPEN", ""), (run.Code, run.Out.Trim(), run.Error));
    }

    [Fact]
    public async Task Chat_InterruptedWhileAnswering_GoesOnWithTheNextQuestion()
    {
        var interruption = new Interruption();
        using var output = new InterruptingWriter(interruption);
        using var error = new StringWriter();
        using var input = new StringReader("Describe the image.\nWhat word is on the sign?\n");
        int code = await FoveaCommand.RunAsync(
            ["chat", CommandLine.Picture, "--model", CommandLine.Model], new Terminal(output, error, input) { Interruption = interruption });
        Assert.Equal(0, code);
        Assert.Contains("stopped", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("OPEN", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_Interrupted_ReturnsTheCodeOfAnInterruption()
    {
        var interruption = new Interruption();
        using var output = new InterruptingWriter(interruption);
        using var error = new StringWriter();
        int code = await FoveaCommand.RunAsync(
            ["ask", CommandLine.Picture, "Describe the image.", "--model", CommandLine.Model], new Terminal(output, error, TextReader.Null) { Interruption = interruption });
        Assert.Equal(130, code);
        Assert.Equal("fovea: stopped", error.ToString().Trim());
    }

    /// <summary>Presses Ctrl-C at the first piece of text that it gets.</summary>
    private sealed class InterruptingWriter(Interruption interruption) : StringWriter
    {
        private bool _done;

        public override void Write(string? value)
        {
            base.Write(value);
            if (!_done)
            {
                _done = true;
                interruption.Interrupt();
            }
        }
    }
}
