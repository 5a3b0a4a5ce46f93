namespace Fovea.Generation;

/// <summary>Lets text through until a stop text appears; holds back what could still become one.</summary>
internal sealed class StopTextFilter(IReadOnlyList<string> stopTexts)
{
    private string _held = "";

    /// <summary>Whether a stop text has appeared.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes a piece and gives what may be shown.</summary>
    public string Push(string piece)
    {
        if (stopTexts.Count == 0 || Stopped)
        {
            return Stopped ? "" : piece;
        }

        string text = _held + piece;
        int cut = stopTexts.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (cut >= 0)
        {
            Stopped = true;
            _held = "";
            return text[..cut];
        }

        int hold = stopTexts.Max(stop => OpenEnd(text, stop));
        _held = text[^hold..];
        return text[..^hold];
    }

    /// <summary>What is still held back when the answer ends otherwise.</summary>
    public string Finish()
    {
        string rest = Stopped ? "" : _held;
        _held = "";
        return rest;
    }

    /// <summary>Length of the longest end of the text that begins the stop text.</summary>
    private static int OpenEnd(string text, string stop)
    {
        for (int length = Math.Min(stop.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(stop[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }
}
