using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Ops;

/// <summary>The reason of a failed check; formatted only if it failed, so that a check that holds allocates nothing.</summary>
[InterpolatedStringHandler]
internal ref struct ShapeMessage
{
    private DefaultInterpolatedStringHandler _text;

    public ShapeMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public string Text => _text.ToStringAndClear();

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);
}
