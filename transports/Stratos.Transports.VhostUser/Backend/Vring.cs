using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// What a frontend has said of one ring. The messages come in any order; the ring can be started when
/// <see cref="IsReady"/>. Changes are made while the ring is stopped.
/// </summary>
internal sealed class Vring(int index, QueueDescription description) : IDisposable
{
    private bool _enabled;

    /// <summary>The virtqueue index.</summary>
    internal int Index => index;

    /// <summary>The largest size that the device takes.</summary>
    internal ushort MaxSize => description.MaxSize;

    /// <summary>SET_VRING_NUM; 0 before.</summary>
    internal ushort Size { get; private set; }

    /// <summary>SET_VRING_ADDR; null before.</summary>
    internal VringAddress? Address { get; set; }

    /// <summary>SET_VRING_BASE as it came; null before, and when the ring has been stopped since.</summary>
    internal uint? Base { get; private set; }

    /// <summary>Where the ring was stopped; null when SET_VRING_BASE has come since.</summary>
    internal QueueState? Stopped { get; private set; }

    /// <summary>Whether SET_VRING_KICK has come since the ring was stopped by GET_VRING_BASE or a reset.</summary>
    internal bool IsKickGiven { get; private set; }

    /// <summary>Doorbell of the driver.</summary>
    internal EventFd? Kick { get; private set; }

    /// <summary>Doorbell to the driver.</summary>
    internal EventFd? Call { get; private set; }

    /// <summary>Doorbell for failure.</summary>
    internal EventFd? Error { get; private set; }

    /// <summary>Whether the device serves the ring now.</summary>
    internal bool IsRunning { get; set; }

    /// <summary>Why the ring failed; it is not started again before it was stopped by the frontend or the device was reset.</summary>
    internal string? Failure { get; set; }

    /// <summary>Whether everything has been said and the ring may run.</summary>
    /// <param name="features">The negotiated feature bits: without VHOST_USER_F_PROTOCOL_FEATURES all rings are enabled.</param>
    internal bool IsReady(ulong features) =>
        Size != 0 && Address is not null && IsKickGiven && Failure is null
        && (_enabled || (features & VhostFeatures.ProtocolFeatures) == 0);

    /// <summary>Sets the size.</summary>
    internal void SetSize(uint size)
    {
        if (size == 0 || size > MaxSize) throw new RefusedMessageException($"SET_VRING_NUM: size {size} for ring {index}; 1 to {MaxSize} expected");
        if (IsRunning && size != Size) throw new RefusedMessageException($"SET_VRING_NUM: ring {index} runs with {Size} entries and cannot have {size}; stop it first");
        Size = (ushort)size;
    }

    /// <summary>Sets where the ring begins.</summary>
    internal void SetBase(uint number)
    {
        if (IsRunning) throw new RefusedMessageException($"SET_VRING_BASE: ring {index} runs; stop it first");
        (Base, Stopped) = (number, null);
    }

    /// <summary>Enables or disables the ring.</summary>
    internal void SetEnabled(bool enabled) => _enabled = enabled;

    /// <summary>Gives the driver's doorbell; the ring may start from now on.</summary>
    internal void SetKick(EventFd? kick)
    {
        Kick?.Dispose();
        (Kick, IsKickGiven) = (kick, true);
    }

    /// <summary>Gives the doorbell to the driver.</summary>
    internal void SetCall(EventFd? call)
    {
        Call?.Dispose();
        Call = call;
    }

    /// <summary>Gives the doorbell for failure.</summary>
    internal void SetError(EventFd? error)
    {
        Error?.Dispose();
        Error = error;
    }

    /// <summary>Remembers where the ring was stopped.</summary>
    internal void Resume(QueueState state) => (Stopped, Base) = (state, null);

    /// <summary>The frontend stopped the ring: it starts again with the next SET_VRING_KICK. Call and error doorbells stay, as QEMU gives them once only.</summary>
    internal void Rest()
    {
        Kick?.Dispose();
        (Kick, IsKickGiven, Failure) = (null, false, null);
    }

    /// <summary>The device was reset: the ring is as if nothing but its doorbells to the driver had been said.</summary>
    internal void Reset()
    {
        Rest();
        (Size, Address, Base, Stopped, _enabled) = (0, null, null, null, false);
    }

    /// <summary>Where the ring stands, without a look at its memory.</summary>
    internal QueueState Position(bool packed)
    {
        if (Stopped is { } state) return state;
        var at = Base is { } number ? VringBase.Decode(number, packed) : VringBase.Initial;
        return new(at.Available, at.AvailableWrap, at.Used, at.UsedWrap);
    }

    /// <summary>What the size and base contradict; null if nothing.</summary>
    internal string? CheckShape(bool packed)
    {
        if (!packed && !ushort.IsPow2(Size)) return $"ring {index}: size {Size} of a split ring is no power of two";
        return Base is { } number && VringBase.Check(number, packed, Size) is { } fault ? $"ring {index}: {fault}" : null;
    }

    /// <summary>Whether a split or a packed ring was negotiated.</summary>
    internal static bool IsPacked(ulong features) => (features & VirtioFeatures.RingPacked) != 0;

    /// <summary>Closes the doorbells; the ring does not run.</summary>
    public void Dispose()
    {
        Kick?.Dispose();
        Call?.Dispose();
        Error?.Dispose();
    }
}
