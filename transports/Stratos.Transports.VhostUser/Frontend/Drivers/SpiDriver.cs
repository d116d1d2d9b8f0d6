using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>
/// An SPI controller's driver over a vhost-user frontend (virtio 1.4, section 5.21): slots, each a transfer, submitted
/// without waiting and completed in order. One thread; no allocation per transfer.
/// </summary>
public sealed class SpiDriver : IDisposable
{
    private readonly record struct Slot(GuestBuffer Head, GuestBuffer Sent, GuestBuffer Received, GuestBuffer Result);

    private readonly Slot[] _slots;
    private readonly bool[] _busy;

    private SpiDriver(VhostUserFrontend frontend, FrontendQueue queue, Slot[] slots) =>
        (Frontend, Queue, _slots, _busy) = (frontend, queue, slots, new bool[slots.Length]);

    /// <summary>What to ask for, for an SPI controller.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queue up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="depth">Transfers in flight, at most.</param>
    /// <param name="maxLength">Bytes of the longest transfer.</param>
    public static SpiDriver Start(VhostUserFrontend frontend, int depth, int maxLength = 256)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var queue = frontend.AddQueue(0, (ushort)Math.Min(64, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)depth * 4)));
        var slots = new Slot[depth];
        var heaps = frontend.Memory.Heaps;
        for (var i = 0; i < depth; i++)
        {
            var (one, other) = (heaps[i % heaps.Count], heaps[(i + 1) % heaps.Count]);
            slots[i] = new(one.Allocate(SpiTransferHead.Length), other.Allocate(maxLength), one.Allocate(maxLength), other.Allocate(1));
        }
        frontend.Start();
        return new(frontend, queue, slots);
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The queue underneath.</summary>
    public FrontendQueue Queue { get; }

    /// <summary>Slots, that is, most transfers in flight.</summary>
    public int Depth => _slots.Length;

    /// <summary>Number of chip selects, from the configuration space.</summary>
    public int ChipSelects
    {
        get
        {
            Span<byte> number = stackalloc byte[1];
            Frontend.ReadConfig(0, number);
            return number[0];
        }
    }

    /// <summary>What a slot sends; not while the device has it.</summary>
    public Span<byte> Sent(int slot) => _slots[slot].Sent.Span;

    /// <summary>What a slot has received; not while the device has it.</summary>
    public ReadOnlySpan<byte> Received(int slot) => _slots[slot].Received.Span;

    /// <summary>Submits a transfer.</summary>
    /// <param name="slot">A slot that is not in flight.</param>
    /// <param name="head">How it is made.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="sends">Whether what is in <see cref="Sent"/> is written.</param>
    /// <param name="receives">Whether <see cref="Received"/> is read into.</param>
    /// <returns>False if the ring is full; submit again after a completion.</returns>
    public bool TryTransfer(int slot, SpiTransferHead head, int length, bool sends = true, bool receives = true)
    {
        if (_busy[slot])
            throw new InvalidOperationException($"{Queue.Ring.Name}: slot {slot} is in flight.");
        var (header, sent, received, result) = _slots[slot];
        head.Write(header.Span);
        result.Span[0] = (byte)SpiTransferResult.Unwritten;
        var (from, to) = (sent.Slice(0, length).ToDevice, received.Slice(0, length).FromDevice);
        return _busy[slot] = (sends, receives) switch
        {
            (true, true) => Queue.Ring.TryAdd([header.ToDevice, from, to, result.FromDevice], (ulong)slot),
            (true, false) => Queue.Ring.TryAdd([header.ToDevice, from, result.FromDevice], (ulong)slot),
            (false, true) => Queue.Ring.TryAdd([header.ToDevice, to, result.FromDevice], (ulong)slot),
            _ => Queue.Ring.TryAdd([header.ToDevice, result.FromDevice], (ulong)slot),
        };
    }

    /// <summary>Makes what was submitted available to the device.</summary>
    public void Kick() => Queue.Kick();

    /// <summary>Takes a completed transfer.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="result">What the device says of it.</param>
    /// <exception cref="DeviceMisbehavedException">The device broke a rule of the ring.</exception>
    public bool TryTake(out int slot, out SpiTransferResult result)
    {
        (slot, result) = (0, SpiTransferResult.Unwritten);
        if (!Queue.Ring.TryTake(out var cookie, out _))
            return false;
        slot = (int)cookie;
        _busy[slot] = false;
        result = (SpiTransferResult)_slots[slot].Result.Span[0];
        return true;
    }

    /// <summary>Waits for a completed transfer; see <see cref="FrontendQueue.WaitForUsed"/>.</summary>
    public bool Wait(TimeSpan timeout) => Queue.WaitForUsed(timeout);

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}
