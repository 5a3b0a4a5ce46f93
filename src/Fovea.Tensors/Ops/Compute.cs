using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

/// <summary>
/// Where operations run: the threads, the kernel variant and the scratch memory of one computation at a time.
/// Every operation checks shapes, and its result does not depend on the number of threads.
/// Not safe for concurrent use; make one per concurrent computation (they may share the workers).
/// </summary>
public sealed partial class Compute : IDisposable
{
    // Below this many numbers a second thread costs more than it saves.
    private const int NumbersPerThread = 1 << 14;

    private readonly bool _ownsWorkers;

    /// <summary>Computes with workers of its own, one per processor, and the default kernels.</summary>
    public Compute()
        : this(Environment.ProcessorCount, KernelSet.Default)
    {
    }

    /// <summary>Computes with workers of its own and chosen kernels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer threads than one.</exception>
    public Compute(int threads, KernelSet kernels)
        : this(new Workers(threads), kernels) => _ownsWorkers = true;

    /// <summary>Computes with borrowed workers and the default kernels.</summary>
    public Compute(Workers workers)
        : this(workers, KernelSet.Default)
    {
    }

    /// <summary>Computes with borrowed workers and chosen kernels.</summary>
    public Compute(Workers workers, KernelSet kernels)
    {
        Workers = workers;
        Kernels = kernels;
        kernels.Prepare();
    }

    /// <summary>The threads.</summary>
    public Workers Workers { get; }

    /// <summary>The kernels.</summary>
    public KernelSet Kernels { get; }

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

    internal static void Check([DoesNotReturnIf(false)] bool holds, Tensor? tensor, [InterpolatedStringHandlerArgument(nameof(holds))] ref ShapeMessage reason)
    {
        if (!holds)
        {
            throw new ArgumentException($"{tensor} {reason.Text}.");
        }
    }
}
