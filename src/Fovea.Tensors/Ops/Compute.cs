using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

/// <summary>
/// Where operations run: the threads, the kernel variant and the scratch memory of one computation at a time.
/// Every operation checks shapes, and its result does not depend on the number of threads.
/// Not safe for concurrent use; make one per concurrent computation (they may share the workers).
/// </summary>
public sealed partial class Compute : IDisposable
{
    private readonly bool _ownsWorkers;

    /// <summary>Computes with workers of its own, one per processor.</summary>
    public Compute()
        : this(new Workers(Environment.ProcessorCount)) => _ownsWorkers = true;

    /// <summary>Computes with borrowed workers.</summary>
    public Compute(Workers workers) => Workers = workers;

    /// <summary>The threads.</summary>
    public Workers Workers { get; }

    /// <summary>The scratch memory that results are rented from.</summary>
    public Arena Arena { get; } = new();

    /// <summary>A rented f32 tensor with undefined contents.</summary>
    public Tensor Rent(params ReadOnlySpan<int> extents) => Arena.Rent(extents);

    /// <summary>Frees the scratch memory, and the workers if they are its own.</summary>
    public void Dispose()
    {
        Arena.Dispose();
        if (_ownsWorkers)
        {
            Workers.Dispose();
        }
    }
}
