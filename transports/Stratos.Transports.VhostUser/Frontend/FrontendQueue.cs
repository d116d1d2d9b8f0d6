using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>One virtqueue of a frontend: the driver's ring and its doorbells. They outlive a connection.</summary>
/// <remarks>The ring belongs to one thread, the one that submits and takes; setting up and stopping are the frontend's.</remarks>
public sealed class FrontendQueue : IDisposable
{
    private readonly VhostUserFrontend _frontend;
    private readonly EventFd _kick = EventFd.Create();
    private readonly EventFd _call = EventFd.Create();
    private readonly EventFd _error = EventFd.Create();

    internal FrontendQueue(VhostUserFrontend frontend, int index, ushort size)
    {
        _frontend = frontend;
        Index = index;
        Ring = DriverRing.Create(frontend.Memory.Heaps[0], size, frontend.Features, new() { Name = $"{frontend.Peer} queue {index}" });
    }

    /// <summary>The virtqueue index.</summary>
    public int Index { get; }

    /// <summary>The driver's side of the ring.</summary>
    public DriverRing Ring { get; }

    /// <summary>Whether the backend was told to run the queue.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Makes what was added to the ring available and rings the doorbell if the device wants it.</summary>
    public void Kick()
    {
        if (Ring.Publish())
            _kick.Signal();
    }

    /// <summary>Rings the doorbell whatever the device wants.</summary>
    public void ForceKick() => _kick.Signal();

    /// <summary>Waits until the device has used a request.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>True if there is something to take; false after the timeout.</returns>
    /// <exception cref="BackendLostException">The connection ended and there is nothing to take.</exception>
    /// <exception cref="BackendRefusedException">The backend reported by the error doorbell that the queue failed.</exception>
    public bool WaitForUsed(TimeSpan timeout)
    {
        var deadline = MonotonicClock.Nanoseconds + (long)timeout.TotalNanoseconds;
        Span<PollEntry> entries = [new(_call.Descriptor, PollEvents.Readable), new(_error.Descriptor, PollEvents.Readable), _frontend.PollConnection()];
        while (Ring.ArmNotification())
        {
            var left = Math.Max(0, deadline - MonotonicClock.Nanoseconds);
            var events = Poll.Wait(entries, TimeSpan.FromMicroseconds((left + 999) / 1000));
            if (entries[0].Returned != PollEvents.None)
                _call.TryConsume(out _);
            else if (events == 0)
                return !Ring.ArmNotification();
            else if (Ring.ArmNotification())
                ThrowFor(failed: entries[1].Returned != PollEvents.None);
        }
        return true;
    }

    /// <summary>Waits as <see cref="WaitForUsed"/> does, but first looks at the ring for a while without sleeping.</summary>
    /// <param name="spin">How long to look.</param>
    /// <param name="timeout">How long to wait in all.</param>
    public bool SpinForUsed(TimeSpan spin, TimeSpan timeout)
    {
        var deadline = MonotonicClock.Nanoseconds + (long)spin.TotalNanoseconds;
        do
        {
            if (Ring.HasUsedRequest)
                return true;
            Thread.SpinWait(8);
        }
        while (MonotonicClock.Nanoseconds < deadline);
        return WaitForUsed(timeout);
    }

    /// <summary>Tells the backend to process the queue, or to leave it alone while it stays set up (SET_VRING_ENABLE).</summary>
    public void Enable(bool enabled) =>
        _frontend.Channel.Tell(FrontendRequest.SetVringEnable, new VringState((uint)Index, enabled ? 1u : 0u));

    /// <summary>Stops the queue and returns where the backend stands (GET_VRING_BASE).</summary>
    public QueueState Stop()
    {
        var state = new VringState((uint)Index, 0);
        var answer = _frontend.Channel.Ask<VringState>(FrontendRequest.GetVringBase, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<VringState>(in state)));
        IsStarted = false;
        if (answer.Index != Index)
            throw new BackendRefusedException($"{_frontend.Peer}: GET_VRING_BASE of queue {Index} was answered for queue {answer.Index}.");
        var at = VringBase.Decode(answer.Number, IsPacked);
        return new(at.Available, at.AvailableWrap, at.Used, at.UsedWrap);
    }

    /// <summary>Stops the queue, brings the ring back to its first state and starts it again (virtio 1.4, section 2.6.1).</summary>
    public void Reset()
    {
        if (_frontend.HasProtocolFeatures)
            Enable(false);
        Stop();
        Ring.Reset();
        _call.TryConsume(out _);
        Start(QueueState.Initial);
    }

    /// <summary>Sets the queue up at a place of the ring, hands over the doorbells and enables it.</summary>
    /// <param name="state">Where the backend begins, if it has no record of its own.</param>
    /// <param name="log">Whether the used ring's writes are marked in the dirty log.</param>
    public void Start(QueueState state, bool log = false)
    {
        var channel = _frontend.Channel;
        var number = new VringBase(state.AvailIndex, state.AvailWrap, state.UsedIndex, state.UsedWrap).Encode(IsPacked);
        channel.Tell(FrontendRequest.SetVringNum, new VringState((uint)Index, Ring.Size));
        channel.Tell(FrontendRequest.SetVringBase, new VringState((uint)Index, number));
        SendAddresses(log);
        channel.Tell(FrontendRequest.SetVringErr, VringDescriptor.For(Index, true), _error.Descriptor);
        channel.Tell(FrontendRequest.SetVringCall, VringDescriptor.For(Index, true), _call.Descriptor);
        channel.Tell(FrontendRequest.SetVringKick, VringDescriptor.For(Index, true), _kick.Descriptor);
        if (_frontend.HasProtocolFeatures)
            Enable(true);
        IsStarted = true;
        // The backend that had the doorbell before may have consumed a kick without fetching what it announced.
        _kick.Signal();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kick.Dispose();
        _call.Dispose();
        _error.Dispose();
    }

    internal void SendAddresses(bool log)
    {
        var areas = Ring.Addresses;
        var memory = _frontend.Memory;
        _frontend.Channel.Tell(FrontendRequest.SetVringAddr, new VringAddress(
            (uint)Index, log ? VringAddress.LogFlag : 0, memory.UserAddressOf(areas.Descriptors),
            memory.UserAddressOf(areas.Device), memory.UserAddressOf(areas.Driver), log ? areas.Device : 0));
    }

    internal void ConnectionLost() => IsStarted = false;

    private bool IsPacked => (Ring.Features & VirtioFeatures.RingPacked) != 0;

    private void ThrowFor(bool failed)
    {
        if (failed)
            throw new BackendRefusedException($"{_frontend.Peer}: the backend says that queue {Index} failed; the device needs a reset.");
        throw new BackendLostException($"{_frontend.Peer}: the connection ended with {Ring.InFlight} requests of queue {Index} in flight.");
    }
}
