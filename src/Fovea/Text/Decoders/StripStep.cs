namespace Fovea.Text.Decoders;

/// <summary>Removes up to a number of leading and trailing characters of each element.</summary>
internal sealed class StripStep(char content, int start, int stop) : DecoderStep
{
    private int _toStrip;
    private bool _begins;
    private string _held = "";

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        if (begins)
        {
            CloseElement();
            _toStrip = start;
            _begins = true;
        }

        int skip = 0;
        while (_toStrip > 0 && skip < text.Length && text[skip] == content)
        {
            skip++;
            _toStrip--;
        }

        if (skip < text.Length)
        {
            _toStrip = 0;
        }

        text = _held + text[skip..];
        int hold = 0;
        while (hold < text.Length && hold < stop && text[^(hold + 1)] == content)
        {
            hold++;
        }

        _held = text[^hold..];
        Next.Push(text[..^hold], _begins);
        _begins = false;
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        CloseElement();
        Next.Finish();
    }

    // What is held are trailing characters to strip.
    private void CloseElement() => _held = "";
}
