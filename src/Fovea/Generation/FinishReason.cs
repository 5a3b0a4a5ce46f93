namespace Fovea.Generation;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>An end token or a stop text.</summary>
    Stop,

    /// <summary>The token limit, or the end of the context.</summary>
    Length,

    /// <summary>A method of token reduction failed; there is no answer.</summary>
    Failed,
}
