using System.Collections.Concurrent;

namespace Fovea.Text;

/// <summary>Workspaces of a tokenizer that wait for the next call. As many exist as calls ever ran at the same time.</summary>
internal sealed class WorkspacePool
{
    private readonly ConcurrentStack<EncodingWorkspace> _idle = new();
    private EncodingWorkspace? _first;

    /// <summary>Takes a workspace for one call.</summary>
    public Lease Rent()
    {
        var work = Interlocked.Exchange(ref _first, null);
        if (work is null && !_idle.TryPop(out work))
        {
            work = new EncodingWorkspace();
        }

        return new Lease(this, work);
    }

    private void Return(EncodingWorkspace work)
    {
        // The common case, one call at a time, does without the stack's nodes.
        if (Interlocked.CompareExchange(ref _first, work, null) is not null)
        {
            _idle.Push(work);
        }
    }

    /// <summary>A workspace that goes back at the end of the call.</summary>
    public readonly ref struct Lease(WorkspacePool pool, EncodingWorkspace value)
    {
        /// <summary>The workspace.</summary>
        public EncodingWorkspace Value { get; } = value;

        /// <summary>Gives it back.</summary>
        public void Dispose() => pool.Return(Value);
    }
}
