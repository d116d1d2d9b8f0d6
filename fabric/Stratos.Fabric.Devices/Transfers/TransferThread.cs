namespace Stratos.Fabric.Devices.Transfers;

/// <summary>The thread of one device that waits for its bus, so that no pump does.</summary>
internal sealed class TransferThread : IDisposable
{
    private readonly Queue<Action> _jobs = new();
    private readonly Thread _thread;
    private readonly object _gate = new();
    private bool _ended;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The device's name.</param>
    public TransferThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = $"{name}/bus" };
        _thread.Start();
    }

    /// <summary>Has the thread run something, in the order of the calls. Any thread; allocates nothing for a delegate that is kept.</summary>
    public void Post(Action job)
    {
        lock (_gate)
        {
            _jobs.Enqueue(job);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the thread when it has done what was posted.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Work()
    {
        while (TryTake(out Action? job)) { job(); }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Action? job)
    {
        lock (_gate)
        {
            while (!_jobs.TryDequeue(out job))
            {
                if (_ended) { return false; }
                Monitor.Wait(_gate);
            }
            return true;
        }
    }
}
