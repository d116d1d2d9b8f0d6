namespace Stratos.Fabric.Devices.Block;

/// <summary>The threads of one device that wait for its store, so that no pump does.</summary>
/// <remarks>
/// Requests travel through a lock-free queue. The lock is only for going to sleep and being woken: a pump touches it when
/// a thread sleeps, and it is never held while anything is waited for.
/// </remarks>
internal sealed class BlockWorkers : IDisposable
{
    private static readonly TimeSpan s_idleCheck = TimeSpan.FromSeconds(1);

    private readonly BoundedQueue<BlockRequest> _queue;
    private readonly Thread[] _threads;
    private readonly Action _idle;
    private readonly object _gate = new();
    private int _sleeping;
    private bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="threads">Their number, above zero.</param>
    /// <param name="capacity">Most requests in flight at once.</param>
    /// <param name="idle">Called about once a second, on one of the threads, while that one has nothing to do.</param>
    public BlockWorkers(string name, int threads, int capacity, Action idle)
    {
        _queue = new(capacity);
        _idle = idle;
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            bool checks = i == 0;
            _threads[i] = new Thread(() => Work(checks)) { IsBackground = true, Name = $"{name}/io{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Hands a request over. It does not block: the queue has room for all that can be in flight, but for what a restarted queue left behind.</summary>
    public void Enqueue(BlockRequest request)
    {
        while (!_queue.TryEnqueue(request)) { Thread.Yield(); }
        // Either this sees the sleeper's count, or the sleeper's look at the queue sees the request.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) > 0)
        {
            lock (_gate) { Monitor.Pulse(_gate); }
        }
    }

    /// <summary>Ends the threads when the queue is empty.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread thread in _threads) { thread.Join(); }
    }

    private void Work(bool checks)
    {
        while (true)
        {
            while (_queue.TryDequeue(out BlockRequest? request)) { request.Owner.Run(request); }
            bool woken = Sleep(checks ? s_idleCheck : Timeout.InfiniteTimeSpan, out bool ended);
            if (ended) { return; }
            if (!woken) { _idle(); }
        }
    }

    /// <summary>Sleeps until there is work; false after the time.</summary>
    private bool Sleep(TimeSpan time, out bool ended)
    {
        lock (_gate)
        {
            ended = false;
            Interlocked.Increment(ref _sleeping);
            try
            {
                if (!_queue.IsEmpty) { return true; }
                ended = _stopping;
                return ended || Monitor.Wait(_gate, time);
            }
            finally
            {
                Interlocked.Decrement(ref _sleeping);
            }
        }
    }
}
