using System.Runtime.ExceptionServices;

namespace Fovea.Generation;

/// <summary>An answer.</summary>
/// <param name="Text">Its text, without special tokens and stop texts.</param>
/// <param name="Tokens">Its tokens, an end token included.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Report">What it cost.</param>
public sealed record GenerationResult(string Text, IReadOnlyList<int> Tokens, FinishReason FinishReason, RunReport Report)
{
    /// <summary>Why there is no answer, where <see cref="FinishReason"/> says so: a method of token reduction that failed or does not fit the model.</summary>
    public Exception? Failure { get; init; }

    /// <summary>This, or the failure thrown.</summary>
    public GenerationResult Checked()
    {
        if (Failure is not null)
        {
            ExceptionDispatchInfo.Throw(Failure);
        }

        return this;
    }
}
