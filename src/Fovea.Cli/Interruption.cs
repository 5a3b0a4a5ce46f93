namespace Fovea.Cli;

/// <summary>Ctrl-C: cancels the work that is running. When none is, or the running work has been told already, the program may end at once.</summary>
internal sealed class Interruption
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;

    /// <summary>Cancels what is running.</summary>
    /// <returns>Whether there was something that will now stop by itself.</returns>
    public bool Interrupt()
    {
        lock (_lock)
        {
            if (_running is null || _running.IsCancellationRequested)
            {
                return false;
            }

            _running.Cancel();
            return true;
        }
    }

    /// <summary>Runs work that can be interrupted.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        using var source = new CancellationTokenSource();
        Set(source);
        try
        {
            return await work(source.Token).ConfigureAwait(false);
        }
        finally
        {
            Set(null);
        }
    }

    private void Set(CancellationTokenSource? running)
    {
        lock (_lock)
        {
            _running = running;
        }
    }
}
