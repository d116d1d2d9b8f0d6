using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>The thread of a device that waits for storage, so that no pump does. It serves requests in the order in which they came.</summary>
internal sealed class RpmbWorker : IDisposable
{
    private readonly Queue<(RpmbHandler Handler, DescriptorChain Chain)> _queue;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private int _pending;
    private bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="capacity">Most requests at once.</param>
    public RpmbWorker(string name, int capacity)
    {
        _queue = new(capacity);
        _thread = new Thread(Work) { IsBackground = true, Name = $"{name}/io" };
        _thread.Start();
    }

    /// <summary>Whether nothing is waiting or under way. Who sees that also sees what the thread did, and only the pump makes it busy.</summary>
    public bool IsIdle => Volatile.Read(ref _pending) == 0;

    /// <summary>Hands a request over.</summary>
    public void Enqueue(RpmbHandler handler, DescriptorChain chain)
    {
        lock (_gate)
        {
            _queue.Enqueue((handler, chain));
            _pending++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the thread when everything is done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Work()
    {
        while (TryNext(out RpmbHandler? handler, out DescriptorChain? chain))
        {
            handler!.Run(chain!);
            Interlocked.Decrement(ref _pending);
        }
    }

    private bool TryNext(out RpmbHandler? handler, out DescriptorChain? chain)
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_stopping) { Monitor.Wait(_gate); }
            bool found = _queue.TryDequeue(out (RpmbHandler Handler, DescriptorChain Chain) next);
            (handler, chain) = next;
            return found;
        }
    }
}
