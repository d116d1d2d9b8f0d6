using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Recovery;

/// <summary>Serves a queue by which the device notifies its driver: a buffer tells of one thing, once. The buffers stay in the ring until there is one.</summary>
/// <remarks>
/// The device notes, in one step, that the thing is told and which request carries it; only then is the request filled
/// and completed. After a crash that request is either handed out again, and carries the same, or it was completed, and
/// there is nothing to tell.
/// </remarks>
/// <param name="queue">The queue.</param>
/// <param name="gate">Held by whoever reads or changes what there is to tell.</param>
/// <param name="length">Bytes of a notification.</param>
/// <param name="mayCarry">Whether some request, of those that a previous owner had, may carry a notification.</param>
internal abstract class NotificationHandler(QueueContext queue, Lock gate, int length, bool mayCarry) : QueueHandler
{
    private DescriptorChain? _held;
    private bool _mayCarry = mayCarry;

    /// <summary>One at a time. A successor asks for one in any case: it may be the one that carried a notification when the process died.</summary>
    public sealed override int Demand
    {
        get
        {
            lock (gate) { return _held is null && (_mayCarry || IsPending) ? 1 : 0; }
        }
    }

    /// <summary>Whether there is something to tell. With the gate held.</summary>
    protected abstract bool IsPending { get; }

    /// <inheritdoc/>
    public sealed override void Handle(DescriptorChain chain)
    {
        lock (gate)
        {
            _mayCarry = false;
            if (chain.ReadableLength != 0 || chain.WritableLength < (ulong)length)
            {
                Warn(queue.Name, "a buffer without room for a notification was returned empty");
                chain.Complete(0);
            }
            else if (!TryTell(chain))
            {
                _held = chain;
            }
        }
    }

    /// <inheritdoc/>
    public sealed override void Stop()
    {
        lock (gate)
        {
            Detach();
            _held?.Release();
            _held = null;
        }
    }

    /// <summary>There may be something to tell. With the gate held; any thread.</summary>
    public void Changed()
    {
        if (_held is null) { queue.Wake(); }
        else if (TryTell(_held)) { _held = null; }
    }

    /// <summary>
    /// Writes the notification that a request carries already, or else takes the next thing to tell, notes that this
    /// request carries it, and writes that. With the gate held.
    /// </summary>
    /// <param name="sequence">The request.</param>
    /// <param name="notification">Where to write it; zeroes.</param>
    /// <returns>False if there is nothing to tell.</returns>
    protected abstract bool TryCarry(ulong sequence, Span<byte> notification);

    /// <summary>The queue stops. With the gate held.</summary>
    protected abstract void Detach();

    /// <summary>Reports a buffer that cannot be used.</summary>
    protected abstract void Warn(string where, string what);

    private bool TryTell(DescriptorChain chain)
    {
        Span<byte> notification = stackalloc byte[length];
        notification.Clear();
        if (!TryCarry(chain.Sequence, notification)) { return false; }
        chain.CopyTo(0, notification);
        chain.Complete((uint)length);
        return true;
    }
}
