using System.Buffers;
using System.Text;
using Fovea.Text.SubwordModels;

namespace Fovea.Text.SentencePiece;

/// <summary>Turns a run of pieces into text as SentencePiece does; at most 3 bytes wait for the rest of a character.</summary>
/// <remarks>Source: SentencePiece 0.2. Each byte that does not start a valid character becomes one U+FFFD.</remarks>
internal sealed class PieceDecoder(SentencePieceModel model, bool hasDummyPrefix, StringBuilder output)
{
    private readonly byte[] _bytes = new byte[4];
    private int _byteCount;
    private bool _atStart = true;
    private bool _droppedBlank;
    private bool _any;

    /// <summary>Takes a piece by its text, which need not be in the vocabulary.</summary>
    public void Push(string text)
    {
        int id = model.Vocabulary.IdOf(text);
        var kind = id < 0 ? PieceKind.Unknown : model.File.Pieces[id].Kind;
        if (kind == PieceKind.Byte && ByteTokens.ByteOf(text) is >= 0 and var value)
        {
            _bytes[_byteCount++] = (byte)value;
            DecodeBytes(atEnd: false);
            return;
        }

        DecodeBytes(atEnd: true);
        if (_droppedBlank || _any)
        {
            _atStart = false;
        }

        switch (kind)
        {
            case PieceKind.Control:
                break;
            case PieceKind.Unknown:
                Append(id < 0 ? text : model.File.UnknownSurface);
                break;
            default:
                Append(Surface(text));
                break;
        }
    }

    /// <summary>Ends the run.</summary>
    public void Finish() => DecodeBytes(atEnd: true);

    private string Surface(string text)
    {
        var file = model.File;
        if (_atStart && (hasDummyPrefix || file.RemoveExtraSpaces) && text.StartsWith('▁'))
        {
            text = text[1..];
            _droppedBlank = !file.RemoveExtraSpaces;
        }

        return text.Replace('▁', ' ');
    }

    private void DecodeBytes(bool atEnd)
    {
        while (_byteCount > 0)
        {
            var status = Rune.DecodeFromUtf8(_bytes.AsSpan(0, _byteCount), out var rune, out int used);
            if (status == OperationStatus.NeedMoreData && !atEnd)
            {
                return;
            }

            bool valid = status == OperationStatus.Done;
            Append(valid ? rune.ToString() : "\uFFFD");
            int taken = valid ? used : 1;
            _bytes.AsSpan(taken, _byteCount - taken).CopyTo(_bytes);
            _byteCount -= taken;
        }
    }

    private void Append(string text)
    {
        output.Append(text);
        _any |= text.Length > 0;
    }
}
