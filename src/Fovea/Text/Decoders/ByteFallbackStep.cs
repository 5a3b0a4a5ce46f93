using System.Buffers;
using System.Text;
using Fovea.Text.SubwordModels;

namespace Fovea.Text.Decoders;

/// <summary>Runs of <c>&lt;0xHH&gt;</c> elements to text: a run that is valid UTF-8 as a whole becomes its text, any other one U+FFFD for each byte.</summary>
/// <param name="eager">Show characters of an open run as soon as they are complete. If the run turns invalid later, what was shown stays.</param>
internal sealed class ByteFallbackStep(bool eager) : DecoderStep
{
    private readonly byte[] _partial = new byte[4];
    private readonly StringBuilder _text = new();
    private int _partialLength;
    private int _bytes;
    private int _shownBytes;
    private bool _broken;

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        int value = ByteTokens.ByteOf(text);
        if (value < 0)
        {
            CloseRun();
            Next.Push(text, begins);
            return;
        }

        _bytes++;
        if (!_broken)
        {
            Take((byte)value);
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        CloseRun();
        Next.Finish();
    }

    private void Take(byte value)
    {
        _partial[_partialLength++] = value;
        switch (Rune.DecodeFromUtf8(_partial.AsSpan(0, _partialLength), out var rune, out _))
        {
            case OperationStatus.Done:
                Scalars.Append(_text, rune.Value);
                _partialLength = 0;
                if (eager)
                {
                    ShowText();
                    _shownBytes = _bytes;
                }

                break;
            case OperationStatus.NeedMoreData:
                break;
            default:
                _broken = true;
                break;
        }
    }

    private void CloseRun()
    {
        if (_broken || _partialLength > 0)
        {
            _text.Clear().Append('\uFFFD', _bytes - _shownBytes);
        }

        ShowText();
        _bytes = _shownBytes = _partialLength = 0;
        _broken = false;
    }

    private void ShowText()
    {
        if (_text.Length > 0)
        {
            Next.Push(_text.ToString(), begins: true);
            _text.Clear();
        }
    }
}
