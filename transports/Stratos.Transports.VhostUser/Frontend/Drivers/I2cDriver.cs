using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>
/// An I2C adapter's driver over a vhost-user frontend (virtio 1.4, section 5.16): slots, each a request, submitted without
/// waiting and completed in order. One thread; no allocation per request.
/// </summary>
public sealed class I2cDriver : IDisposable
{
    private const ulong ZeroLengthRequest = 1;
    private const uint FailNext = 1;
    private const uint ReadFlag = 2;
    private const int HeaderLength = 8;
    private const byte NoStatus = 0xFF;

    private readonly record struct Slot(GuestBuffer Header, GuestBuffer Data, GuestBuffer Status);

    private readonly Slot[] _slots;
    private readonly bool[] _busy;

    private I2cDriver(VhostUserFrontend frontend, FrontendQueue queue, Slot[] slots) =>
        (Frontend, Queue, _slots, _busy) = (frontend, queue, slots, new bool[slots.Length]);

    /// <summary>What to ask for, for an I2C adapter.</summary>
    public static FrontendOptions DefaultOptions => new()
    {
        Features = ZeroLengthRequest | VirtioFeatures.Rings,
        RequiredFeatures = ZeroLengthRequest | VirtioFeatures.Version1,
    };

    /// <summary>Sets the queue up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="depth">Requests in flight, at most.</param>
    /// <param name="maxLength">Bytes of the longest request.</param>
    public static I2cDriver Start(VhostUserFrontend frontend, int depth, int maxLength = 256)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var queue = frontend.AddQueue(0, (ushort)Math.Min(64, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)depth * 3)));
        var slots = new Slot[depth];
        var heaps = frontend.Memory.Heaps;
        for (var i = 0; i < depth; i++)
            slots[i] = new(heaps[i % heaps.Count].Allocate(HeaderLength), heaps[(i + 1) % heaps.Count].Allocate(maxLength), heaps[i % heaps.Count].Allocate(1));
        frontend.Start();
        return new(frontend, queue, slots);
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The queue underneath.</summary>
    public FrontendQueue Queue { get; }

    /// <summary>Slots, that is, most requests in flight.</summary>
    public int Depth => _slots.Length;

    /// <summary>The data of a slot, of the longest request's length; not while the device has it.</summary>
    public Span<byte> Data(int slot) => _slots[slot].Data.Span;

    /// <summary>Writes the first bytes of a slot's data.</summary>
    /// <param name="slot">A slot that is not in flight.</param>
    /// <param name="address">The chip's address of 7 bits.</param>
    /// <param name="length">Bytes; 0 to ask whether somebody is there.</param>
    /// <param name="more">Whether the next request belongs to the same transfer.</param>
    /// <returns>False if the ring is full; submit again after a completion.</returns>
    public bool TryWrite(int slot, byte address, int length, bool more = false) => TrySubmit(slot, (ushort)(address << 1), length, reads: false, more);

    /// <summary>Reads into the first bytes of a slot's data.</summary>
    /// <param name="slot">A slot that is not in flight.</param>
    /// <param name="address">The chip's address of 7 bits.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="more">Whether the next request belongs to the same transfer.</param>
    /// <returns>False if the ring is full; submit again after a completion.</returns>
    public bool TryRead(int slot, byte address, int length, bool more = false) => TrySubmit(slot, (ushort)(address << 1), length, reads: true, more);

    /// <summary>Makes what was submitted available to the device.</summary>
    public void Kick() => Queue.Kick();

    /// <summary>Takes a completed request.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="succeeded">Whether the device says so, with the status VIRTIO_I2C_MSG_OK.</param>
    /// <exception cref="DeviceMisbehavedException">The device broke a rule of the ring, or wrote no status.</exception>
    public bool TryTake(out int slot, out bool succeeded)
    {
        (slot, succeeded) = (0, false);
        if (!Queue.Ring.TryTake(out var cookie, out _))
            return false;
        slot = (int)cookie;
        _busy[slot] = false;
        var status = _slots[slot].Status.Span[0];
        succeeded = status <= 1 ? status == 0 : throw new DeviceMisbehavedException($"{Queue.Ring.Name}: the status of a request is {status}, neither OK nor ERR.");
        return true;
    }

    /// <summary>Waits for a completed request; see <see cref="FrontendQueue.WaitForUsed"/>.</summary>
    public bool Wait(TimeSpan timeout) => Queue.WaitForUsed(timeout);

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();

    private bool TrySubmit(int slot, ushort address, int length, bool reads, bool more)
    {
        if (_busy[slot])
            throw new InvalidOperationException($"{Queue.Ring.Name}: slot {slot} is in flight.");
        var (header, data, status) = _slots[slot];
        BinaryPrimitives.WriteUInt16LittleEndian(header.Span, address);
        BinaryPrimitives.WriteUInt16LittleEndian(header.Span[2..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header.Span[4..], (reads ? ReadFlag : 0) | (more ? FailNext : 0));
        status.Span[0] = NoStatus;
        var part = data.Slice(0, length);
        return _busy[slot] = length == 0
            ? Queue.Ring.TryAdd([header.ToDevice, status.FromDevice], (ulong)slot)
            : Queue.Ring.TryAdd([header.ToDevice, reads ? part.FromDevice : part.ToDevice, status.FromDevice], (ulong)slot);
    }
}
