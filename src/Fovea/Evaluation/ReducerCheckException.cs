namespace Fovea.Evaluation;

/// <summary>A method of token reduction breaks a promise; the message says which and where.</summary>
public sealed class ReducerCheckException : Exception
{
    /// <summary>Says what does not hold.</summary>
    public ReducerCheckException(string message)
        : base(message)
    {
    }

    /// <summary>Says what does not hold and why.</summary>
    public ReducerCheckException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates the exception without details.</summary>
    public ReducerCheckException()
    {
    }
}
