namespace Fovea.Text.Decoders;

/// <summary>Replaces a literal text within each element.</summary>
internal sealed class ReplaceStep(string pattern, string content) : DecoderStep
{
    private string _held = "";
    private bool _heldBegins;

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        if (begins)
        {
            Release();
        }

        begins |= _heldBegins && _held.Length > 0;
        text = _held + text;
        int last = text.LastIndexOf(pattern, StringComparison.Ordinal);
        int hold = HeldLength(text.AsSpan(last < 0 ? 0 : last + pattern.Length));
        string ready = text[..^hold].Replace(pattern, content, StringComparison.Ordinal);
        _held = text[^hold..];
        _heldBegins = begins && ready.Length == 0;
        if (ready.Length > 0 || hold == 0)
        {
            Next.Push(ready, begins);
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        Release();
        Next.Finish();
    }

    /// <summary>Length of the longest end of a text that could be the start of the pattern.</summary>
    private int HeldLength(ReadOnlySpan<char> text)
    {
        for (int length = Math.Min(pattern.Length - 1, text.Length); length > 0; length--)
        {
            if (pattern.AsSpan().StartsWith(text[^length..], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }

    private void Release()
    {
        if (_held.Length > 0)
        {
            Next.Push(_held, _heldBegins);
            _held = "";
        }
    }
}
