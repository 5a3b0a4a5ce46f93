namespace Fovea.Reduction;

/// <summary>A method failed on one request: it threw, or its answer does not fit. Other requests of the batch are not touched.</summary>
public sealed class ReductionException : Exception
{
    /// <summary>Names what happened.</summary>
    public ReductionException(string message)
        : base(message)
    {
    }

    /// <summary>Names what happened and why.</summary>
    public ReductionException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates the exception without details.</summary>
    public ReductionException()
    {
    }
}
