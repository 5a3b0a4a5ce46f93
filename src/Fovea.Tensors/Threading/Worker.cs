namespace Fovea.Tensors.Threading;

/// <summary>One background thread and the letter box between it and the caller.</summary>
internal sealed unsafe class Worker
{
    private readonly Signal _requested = new();
    private readonly Signal _finished = new();
    private readonly Thread _thread;
    private readonly int _number;
    private RangeJob* _job;
    private Exception? _failure;
    private int _round;

    /// <summary>Starts thread <paramref name="number"/>.</summary>
    public Worker(int number)
    {
        _number = number;
        _thread = new Thread(Loop) { IsBackground = true, Name = $"Fovea worker {number}" };
        _thread.Start();
    }

    /// <summary>Hands over a job, or none to end the thread. The last one must have been awaited.</summary>
    public void Start(RangeJob* job)
    {
        _job = job;
        _requested.Set(++_round);
    }

    /// <summary>Waits until the job is done and returns what it threw.</summary>
    public Exception? Wait()
    {
        _finished.WaitWhile(_round - 1);
        var failure = _failure;
        _failure = null;
        return failure;
    }

    /// <summary>Ends the thread and waits for it.</summary>
    public void Stop()
    {
        Start(null);
        _thread.Join();
    }

    private void Loop()
    {
        Workers.IsInsideWork = true;
        for (int round = 0; ; round++)
        {
            _requested.WaitWhile(round);
            if (_job == null)
            {
                return;
            }

            try
            {
                _job->Execute(_number);
            }
#pragma warning disable CA1031 // The caller rethrows it on its own thread.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _failure = failure;
            }

            _finished.Set(round + 1);
        }
    }
}
