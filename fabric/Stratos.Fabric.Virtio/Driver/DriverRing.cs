using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>
/// The driver's side of a virtqueue, written from the specification and independent of the device's side: what a guest
/// would do, for tests, benchmarks and the frontend. It is also a checker: whatever the device reports is compared with
/// the driver's own record, and a request completed twice, never posted or overfilled is a
/// <see cref="DeviceMisbehavedException"/>.
/// </summary>
/// <remarks>
/// One thread at a time. The order of a round: <see cref="TryAdd"/> any number of times, <see cref="Publish"/>, ring the
/// doorbell if it says so; <see cref="TryTake"/> until it has no more, <see cref="ArmNotification"/>, and wait only if
/// that returned true. No call allocates. The values in memory are little-endian, as are all processors that run this.
/// </remarks>
public abstract class DriverRing
{
    private protected DriverRing(ushort size, ulong features, DriverRingOptions options)
    {
        (Size, Features, Name) = (size, features, options.Name);
        Requests = new(options.Name, size);
        EventIndex = (features & VirtioFeatures.EventIndex) != 0;
        InOrder = (features & VirtioFeatures.InOrder) != 0;
    }

    /// <summary>Lays out a ring in guest memory: packed if VIRTIO_F_RING_PACKED is among the features, else split.</summary>
    /// <param name="heap">Where the ring's areas are allocated.</param>
    /// <param name="size">Queue size, 1 to 32768; a power of two for a split ring.</param>
    /// <param name="features">The negotiated feature bits; those of the ring choose how it works.</param>
    /// <param name="options">How to use the ring; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">The ring cannot have this size.</exception>
    public static DriverRing Create(GuestHeap heap, ushort size, ulong features, DriverRingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(heap);
        var packed = (features & VirtioFeatures.RingPacked) != 0;
        if (size is 0 or > 32768 || (!packed && (size & (size - 1)) != 0))
            throw new ArgumentOutOfRangeException(nameof(size), size, "A queue size is 1 to 32768, and a power of two for a split ring.");
        options ??= new();
        return packed ? new PackedDriverRing(heap, size, features, options) : new SplitDriverRing(heap, size, features, options);
    }

    /// <summary>The ring's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The queue size.</summary>
    public ushort Size { get; }

    /// <summary>The negotiated feature bits.</summary>
    public ulong Features { get; }

    /// <summary>Where the ring's areas are, for the transport's queue setup.</summary>
    public abstract RingAddresses Addresses { get; }

    /// <summary>
    /// Where a device without a record of its own begins to serve this ring: at the first request that is not used yet.
    /// Exact when nothing is in flight or requests are used in order.
    /// </summary>
    public abstract QueueState State { get; }

    /// <summary>Requests that were added and not taken back.</summary>
    public int InFlight => Requests.Count;

    /// <summary>Ring descriptors that are free.</summary>
    public abstract int FreeDescriptors { get; }

    private protected InFlightTable Requests { get; }

    private protected bool EventIndex { get; }

    private protected bool InOrder { get; }

    /// <summary>Requests of the current in-order batch that were not taken yet.</summary>
    private protected int BatchLeft { get; set; }

    /// <summary>The length that the device reported for the last request of the current in-order batch.</summary>
    private protected uint BatchWritten { get; set; }

    /// <summary>Places a request in the ring. The device sees it at the next <see cref="Publish"/>.</summary>
    /// <param name="buffers">Its elements: readable ones first, then writable ones; at least one.</param>
    /// <param name="cookie">Comes back with the completion.</param>
    /// <returns>False if the ring has no room for it now.</returns>
    /// <exception cref="ArgumentException">No device could take these elements; the message says why.</exception>
    public abstract bool TryAdd(ReadOnlySpan<DriverBuffer> buffers, ulong cookie);

    /// <summary>Makes everything that was added available to the device.</summary>
    /// <returns>Whether the device wants its doorbell rung.</returns>
    /// <remarks>
    /// One release store publishes the whole batch, so the device that sees it sees all descriptors and what the caller
    /// wrote into the buffers. A full barrier follows before the device's wish for notification is read: without it this
    /// side could read an old "no need" while the device, having armed, reads an old "nothing there", and both would wait.
    /// </remarks>
    public abstract bool Publish();

    /// <summary>Takes back one request that the device has used.</summary>
    /// <param name="cookie">The request's cookie.</param>
    /// <param name="written">Bytes that the device wrote to its writable part. A request that the device skipped within an
    /// in-order batch counts as written in full.</param>
    /// <returns>False if there is none now.</returns>
    /// <exception cref="DeviceMisbehavedException">The device broke a rule; the ring is of no more use until <see cref="Reset"/>.</exception>
    /// <remarks>The device's publication is read with acquire, so what it wrote into the buffers is seen by the caller.</remarks>
    public abstract bool TryTake(out ulong cookie, out uint written);

    /// <summary>Whether there is a request to take; one look, for a caller that polls.</summary>
    /// <exception cref="DeviceMisbehavedException">The device broke a rule.</exception>
    public bool HasUsedRequest => BatchLeft > 0 || HasUsed();

    /// <summary>Asks the device to notify at the next used request.</summary>
    /// <returns>True if the caller can wait; false if something is there already (notification is disarmed again).</returns>
    /// <remarks>A full barrier separates the wish from the second look at the ring, the counterpart of the device's in its publication.</remarks>
    public bool ArmNotification()
    {
        if (HasUsedRequest)
            return false;
        Arm();
        Interlocked.MemoryBarrier();
        if (!HasUsed())
            return true;
        DisarmNotification();
        return false;
    }

    /// <summary>Asks the device not to notify. Unreliable by nature: a notification may still come.</summary>
    public abstract void DisarmNotification();

    /// <summary>Brings the ring back to its first state in the same memory, as after a reset of the queue; requests in flight are forgotten.</summary>
    /// <remarks>Only while no device serves the ring (virtio 1.4, section 2.6.1).</remarks>
    public void Reset()
    {
        Requests.Clear();
        BatchLeft = 0;
        Clear();
    }

    private protected abstract void Arm();

    private protected abstract bool HasUsed();

    private protected abstract void Clear();

    /// <summary>Checks what the specification asks of a driver and sums up the writable part.</summary>
    private protected ulong WritableOf(ReadOnlySpan<DriverBuffer> buffers)
    {
        if (buffers.IsEmpty || buffers.Length > Size)
            throw new ArgumentException($"{Name}: a request has 1 to {Size} elements (the queue size), not {buffers.Length}.", nameof(buffers));
        ulong total = 0, writable = 0;
        foreach (ref readonly var buffer in buffers)
        {
            if (buffer.Length == 0)
                throw new ArgumentException($"{Name}: an element at 0x{buffer.Address:x} is empty.", nameof(buffers));
            if (writable > 0 && !buffer.DeviceWritable)
                throw new ArgumentException($"{Name}: a readable element at 0x{buffer.Address:x} follows a writable one.", nameof(buffers));
            total += buffer.Length;
            writable += buffer.DeviceWritable ? buffer.Length : 0;
        }
        return total <= 1UL << 32 ? writable : throw new ArgumentException($"{Name}: a request of {total} bytes is longer than 2^32.", nameof(buffers));
    }
}
