using Fovea.Text.Unicode;

namespace Fovea.Text.Decoders;

/// <summary>Removes white space at both ends of the whole text.</summary>
internal sealed class TrimStep : DecoderStep
{
    private bool _any;
    private string _held = "";

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        text = _held + text;
        int from = 0, to = text.Length;
        while (!_any && from < to && CharacterClasses.IsPythonSpace(text[from]))
        {
            from++;
        }

        while (to > from && CharacterClasses.IsPythonSpace(text[to - 1]))
        {
            to--;
        }

        _held = text[to..];
        if (to > from)
        {
            Next.Push(text[from..to], !_any);
            _any = true;
        }
    }
}
