using System.Text;
using Fovea.Text;

namespace Fovea.Generation;

/// <summary>An answer in the making: one sequence, its sampler, its text.</summary>
internal sealed class ActiveAnswer
{
    private readonly GenerationRequest _request;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly Sampler _sampler;
    private readonly TokenStream _stream;
    private readonly StopTextFilter _stop;
    private readonly StringBuilder _text = new();
    private readonly List<int> _tokens = [];
    private readonly int _limit;
    private Exception? _failure;

    /// <summary>Begins an answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="sequence">Where it goes.</param>
    /// <param name="stream">Ids to text.</param>
    /// <param name="endTokens">Ids that end it.</param>
    /// <param name="stopTexts">Texts that end it.</param>
    /// <param name="limit">Most tokens to generate.</param>
    public ActiveAnswer(GenerationRequest request, Sequence sequence, TokenStream stream, IReadOnlyList<int> endTokens, IReadOnlyList<string> stopTexts, int limit)
    {
        _request = request;
        _stream = stream;
        _endTokens = endTokens;
        _limit = limit;
        _sampler = new Sampler(request.Sampling);
        _stop = new StopTextFilter(stopTexts);
        Sequence = sequence;
    }

    /// <summary>Where the answer goes.</summary>
    public Sequence Sequence { get; }

    /// <summary>What it costs.</summary>
    public RunReport Report { get; } = new();

    /// <summary>Its rows in the pass.</summary>
    public TokenRun Run { get; } = new();

    /// <summary>Why it ended, or none while it goes on.</summary>
    public FinishReason? Finished { get; private set; }

    /// <summary>The last chosen token.</summary>
    public int LastToken => _tokens[^1];

    /// <summary>Tells the sampler of the prompt; placeholders that are no tokens have negative ids.</summary>
    public void AcceptPrompt(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            if (id >= 0)
            {
                _sampler.Accept(id);
            }
        }
    }

    /// <summary>Chooses the next token, passes its text on, and decides whether the answer ends.</summary>
    public void Choose(ReadOnlySpan<float> logits)
    {
        int token = _sampler.Next(logits);
        _sampler.Accept(token);
        _tokens.Add(token);
        Show(_stop.Push(_stream.Push(token)));
        if (_stop.Stopped || _endTokens.Contains(token))
        {
            Finished = FinishReason.Stop;
        }
        else if (_tokens.Count >= _limit)
        {
            Finished = FinishReason.Length;
        }

        if (Finished is not null)
        {
            Show(_stop.Push(_stream.Finish()));
            Show(_stop.Finish());
        }
    }

    /// <summary>Ends the answer before it began.</summary>
    public void Fail(Exception failure)
    {
        Finished = FinishReason.Failed;
        _failure = failure;
        Sequence.Truncate(0);
    }

    /// <summary>The finished answer.</summary>
    public GenerationResult Result() => new(_text.ToString(), _tokens, Finished ?? FinishReason.Length, Report) { Failure = _failure };

    private void Show(string piece)
    {
        if (piece.Length > 0)
        {
            _text.Append(piece);
            _request.OnText?.Invoke(piece);
        }
    }
}
