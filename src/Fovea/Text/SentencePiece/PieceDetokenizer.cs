using System.Text;
using Fovea.Text.Decoders;

namespace Fovea.Text.SentencePiece;

/// <summary>
/// Decoding of the tokenizer classes around a SentencePiece model. Tokens that stand alone cut the list into parts, and everything is joined with one blank;
/// within a part, special tokens stand between runs of pieces.
/// </summary>
internal sealed class PieceDetokenizer : Detokenizer
{
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly PieceDecodingStyle _style;
    private readonly DecoderStep _whole;
    private readonly StringBuilder _run = new();
    private readonly bool _skipSpecial;
    private readonly bool _eager;

    private PieceDecoder _pieces;
    private DecoderStep? _part;
    private bool _partIsEmpty;
    private bool _anyPart;
    private bool _blankWritten;
    private int _index;
    private bool _afterSpecial;

    /// <summary>Starts a run.</summary>
    public PieceDetokenizer(SentencePieceTokenizer tokenizer, PieceDecodingStyle style, bool cleanUp, bool skipSpecial, bool eager)
    {
        _tokenizer = tokenizer;
        _style = style;
        _skipSpecial = skipSpecial;
        _eager = eager;
        _pieces = new PieceDecoder(tokenizer.Model, tokenizer.HasDummyPrefix, _run);
        _whole = cleanUp ? DecoderStep.Chain([new CleanUpStep(eager), new AppendStep(Output)]) : new AppendStep(Output);
    }

    /// <inheritdoc/>
    public override void Push(int id)
    {
        bool special = _tokenizer.IsSpecial(id);
        if (_tokenizer.TokenOf(id) is not { } token || (special && _skipSpecial))
        {
            return;
        }

        if (_tokenizer.StandsAlone(id))
        {
            ClosePart();
            Separate();
            _whole.Push(token, begins: true);
            _anyPart = true;
            _blankWritten = false;
            return;
        }

        if (_part is null)
        {
            OpenPart();
        }

        if (special)
        {
            PushSpecial(token);
        }
        else
        {
            PushPiece(token);
        }

        _index++;
        _afterSpecial = special;
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        ClosePart();
        _whole.Finish();
    }

    private void PushSpecial(string token)
    {
        // The blank goes before the run that the special token ends, as in the reference.
        bool blank = !_afterSpecial && (_style.BlankBeforeSpecial == SpecialBlank.Always || (_style.BlankBeforeSpecial == SpecialBlank.Inside && _index > 0));
        EndRun(blank ? " " : "");
        _part?.Push(token, begins: true);
    }

    private void PushPiece(string token)
    {
        if (_style.DropFirstBlank && _index == 0 && token.StartsWith('▁'))
        {
            token = token[1..];
        }
        else if (_style.DropFirstBlank && _index == 1 && _afterSpecial && !token.StartsWith('▁'))
        {
            _part?.Push(" ", begins: true);
        }

        _pieces.Push(token);
        if (_skipSpecial)
        {
            FlushRun("");
        }
    }

    private void OpenPart()
    {
        Separate();
        List<DecoderStep> steps = [];
        if (_style.TrimParts)
        {
            steps.Add(new TrimStep());
        }

        if (_style.CleanUpParts)
        {
            steps.Add(new CleanUpStep(_eager));
        }

        steps.Add(new ForwardStep(WritePart));
        _part = DecoderStep.Chain(steps);
        _partIsEmpty = true;
        _index = 0;
        _afterSpecial = false;
    }

    private void ClosePart()
    {
        if (_part is null)
        {
            return;
        }

        EndRun("");
        _part.Finish();
        _part = null;
        if (!_partIsEmpty)
        {
            _anyPart = true;
            _blankWritten = false;
        }
    }

    private void WritePart(string text)
    {
        _partIsEmpty &= text.Length == 0;
        _whole.Push(text, begins: true);
    }

    /// <summary>Writes the blank between what is there and what comes. An empty part in between does not make two of them.</summary>
    private void Separate()
    {
        if (_anyPart && !_blankWritten)
        {
            _whole.Push(" ", begins: true);
            _blankWritten = true;
        }
    }

    private void EndRun(string before)
    {
        _pieces.Finish();
        FlushRun(before);
        _pieces = new PieceDecoder(_tokenizer.Model, _tokenizer.HasDummyPrefix, _run);
    }

    private void FlushRun(string before)
    {
        if (before.Length + _run.Length > 0)
        {
            _part?.Push(before + _run, begins: true);
            _run.Clear();
        }
    }
}
