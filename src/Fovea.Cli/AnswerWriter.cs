using Fovea.Cli.Output;
using Fovea.Generation;

namespace Fovea.Cli;

/// <summary>Writes one answer: its text as it comes, or one JSON object at the end; notes and statistics beside it.</summary>
internal sealed class AnswerWriter(Terminal terminal, bool json, bool stats)
{
    private bool _begun;

    /// <summary>Writes a piece of text; blanks in front of the answer are left out.</summary>
    public void OnText(string piece)
    {
        string text = _begun ? piece : piece.TrimStart();
        if (!json && text.Length > 0)
        {
            _begun = true;
            terminal.Out.Write(text);
            terminal.Out.Flush();
        }
    }

    /// <summary>Ends the answer.</summary>
    public void Finish(GenerationResult result)
    {
        terminal.Out.WriteLine(json ? AnswerOutput.Of(result).ToJson() : "");
        terminal.Out.Flush();
        _begun = false;
        foreach (var stage in result.Report.Stages.Where(stage => stage.Note.Length > 0))
        {
            terminal.Note($"{stage.Method}: {stage.Note}");
        }

        if (stats)
        {
            terminal.WriteDiagnostics(StatisticsTable.Of(result));
        }
    }

    /// <summary>Ends an answer that was stopped.</summary>
    public void Stop()
    {
        terminal.Out.WriteLine();
        _begun = false;
        terminal.Note("stopped; the question is taken back");
    }
}
