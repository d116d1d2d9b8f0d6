using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// The rings of one session, started and stopped by the two calls of the device contract: any change of what a running
/// ring uses is a stop, the change, and a start.
/// </summary>
internal sealed class RingSet(IDevicePort device, DeviceDescription description, SessionState state) : IDisposable
{
    private readonly Vring[] _rings = [.. description.Queues.Select((queue, index) => new Vring(index, queue))];

    /// <summary>All rings by index.</summary>
    internal IReadOnlyList<Vring> All => _rings;

    /// <summary>The ring of an index that came in a message.</summary>
    internal Vring At(string message, uint index) =>
        index < (uint)_rings.Length ? _rings[index] : throw new RefusedMessageException($"{message}: ring {index}; the device has {_rings.Length}");

    /// <summary>Starts every ring that is ready and does not run.</summary>
    internal void StartReady()
    {
        if (state.Epoch is not { } epoch) return;
        foreach (var ring in _rings)
        {
            if (ring.IsRunning || !ring.IsReady(state.Features)) continue;
            var setup = Prepare(ring, epoch);
            try
            {
                device.Perform(new DeviceOperation.StartQueue(setup));
            }
            catch (DeviceOperationException e)
            {
                throw new SessionFailedException($"ring {ring.Index} did not start: {e.Message}", e);
            }
            ring.IsRunning = true;
        }
    }

    /// <summary>Stops a ring if it runs; it is then started again when it is ready.</summary>
    internal void Stop(Vring ring)
    {
        if (!ring.IsRunning) return;
        try
        {
            ring.Resume(device.Perform(new DeviceOperation.StopQueue(ring.Index)));
            ring.IsRunning = false;
        }
        catch (DeviceOperationException e)
        {
            throw new SessionFailedException($"ring {ring.Index} did not stop: {e.Message}", e);
        }
    }

    /// <summary>Stops all rings that run.</summary>
    internal void StopAll()
    {
        foreach (var ring in _rings) Stop(ring);
    }

    /// <summary>Whether any ring runs.</summary>
    internal bool AnyRunning => Array.Exists(_rings, ring => ring.IsRunning);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var ring in _rings) ring.Dispose();
    }

    private QueueSetup Prepare(Vring ring, EpochGate epoch)
    {
        var packed = Vring.IsPacked(state.Features);
        if (ring.CheckShape(packed) is { } fault) throw new SessionFailedException(fault);
        var address = ring.Address!.Value;
        var log = state.Log.For(state.Features);
        if (log is not null) RequireCover(ring);
        return new QueueSetup
        {
            Index = ring.Index,
            Size = ring.Size,
            Features = state.Features & ~Protocol.Messages.VhostFeatures.All,
            Memory = state.Memory.Memory,
            Addresses = RingPlace.Resolve(ring, packed, state.Memory.Memory),
            State = Begin(ring, packed),
            KeepsJournal = state.IsKept,
            Journal = state.Journal.For(ring.Index, ring.Size, packed),
            Kick = ring.Kick,
            Call = ring.Call,
            Error = ring.Error,
            Epoch = epoch,
            DirtyLog = log,
            UsedRingLogAddress = address.LogsUsedRing ? address.Log : null,
        };
    }

    private void RequireCover(Vring ring)
    {
        try
        {
            state.Log.RequireCover(state.Memory.End);
        }
        catch (RefusedMessageException e)
        {
            throw new SessionFailedException($"ring {ring.Index}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Where the ring begins. With in-order use of a split ring, what lies between the used index in the guest's memory and
    /// the base was taken by a previous backend and never used: begin there.
    /// </summary>
    private QueueState Begin(Vring ring, bool packed)
    {
        var at = ring.Position(packed);
        if (packed || ring.Stopped is not null || (state.Features & VirtioFeatures.InOrder) == 0) return at;
        var used = RingPlace.ReadUsedIndex(ring, state.Memory.Memory);
        return at with { AvailIndex = used, UsedIndex = used };
    }
}
