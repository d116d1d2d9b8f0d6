using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>
/// The loop that moves one queue, on a thread of its own: fetch a batch, hand it to the device, publish what was
/// completed, notify. It owns the ring while it runs and gives the ring's state back when it stops.
/// </summary>
/// <remarks><see cref="Start"/> and <see cref="Stop"/> are called by one owner, one at a time. A pump is used for one start.</remarks>
public sealed class QueuePump
{
    /// <summary>Makes a pump for one start of a queue.</summary>
    /// <param name="name">Device and queue name, for the thread and for messages.</param>
    /// <param name="device">The device whose handler serves the chains.</param>
    /// <param name="setup">The queue.</param>
    /// <param name="options">How to pump.</param>
    /// <param name="ended">Called once on the pump's thread when it ended by itself; not after <see cref="Stop"/>.</param>
    public QueuePump(string name, VirtioDevice device, QueueSetup setup, PumpOptions options, Action<PumpEnd> ended) => throw new NotImplementedException();

    /// <summary>Starts the thread. Recovery of what a previous owner left in flight comes first, on that thread.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>Stops: no further fetch; waits until the chains in flight are completed or released; idempotent.</summary>
    /// <param name="deadline">How long chains in flight may take.</param>
    /// <returns>The ring's state.</returns>
    /// <exception cref="TimeoutException">Chains are still in flight; the message says how many.</exception>
    public QueueState Stop(TimeSpan deadline) => throw new NotImplementedException();

    /// <summary>The pump's counters; may be read at any time from any thread.</summary>
    public PumpCounters Counters => throw new NotImplementedException();
}
