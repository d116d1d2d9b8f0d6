using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VirtioPci;

/// <summary>
/// The driver of one virtio PCI device in user space (virtio 1.4, sections 3.1 and 4.1): reset, features, queues, go. Any
/// device id; what the device is for is its user's to know. One thread.
/// </summary>
public sealed class PciDriver : IDisposable
{
    private const byte Acknowledge = 1, DriverKnown = 2, DriverOk = 4, FeaturesOk = 8, NeedsReset = 64;
    private const ushort MostEntries = 256;

    private static readonly TimeSpan s_resetLimit = TimeSpan.FromSeconds(30);

    private readonly IPciFunction _function;
    private readonly PinnedMemory _memory;
    private readonly CommonConfiguration _common;
    private readonly PciCapabilities _capabilities;
    private readonly List<PciQueue> _queues = [];

    private PciDriver(IPciFunction function, PinnedMemory memory, PciCapabilities capabilities)
    {
        (_function, _memory, _capabilities) = (function, memory, capabilities);
        _common = new(function, capabilities[PciStructure.Common]);
        Heap = new GuestHeap(memory.Mapping, memory.PhysicalAddress);
    }

    /// <summary>The features that both sides have agreed on.</summary>
    public ulong Features { get; private set; }

    /// <summary>Memory that the device reaches: one huge page for rings and buffers.</summary>
    public GuestHeap Heap { get; }

    /// <summary>Whether the device asks for a reset: it met something that it cannot go on from.</summary>
    public bool NeedsDeviceReset => (_common.Status & NeedsReset) != 0;

    /// <summary>Takes a device, resets it and agrees on features.</summary>
    /// <param name="function">The function; the driver's from here on, and disposed here if it is refused.</param>
    /// <param name="features">The features to take of those that are offered. VIRTIO_F_VERSION_1 is always one.</param>
    /// <exception cref="PciDeviceException">The device is no virtio 1.x device, or refuses these features.</exception>
    /// <exception cref="LinuxException">There is no memory for rings; see <see cref="PinnedMemory.Allocate"/>.</exception>
    public static PciDriver Open(IPciFunction function, ulong features)
    {
        ArgumentNullException.ThrowIfNull(function);
        PinnedMemory? memory = null;
        try
        {
            Span<byte> configuration = stackalloc byte[256];
            function.ReadConfiguration(configuration);
            PciCapabilities capabilities = PciCapabilities.Parse(configuration);
            memory = PinnedMemory.Allocate();
            PciDriver driver = new(function, memory, capabilities);
            driver.Negotiate(features | VirtioFeatures.Version1);
            return driver;
        }
        catch
        {
            function.Dispose();
            memory?.Dispose();
            throw;
        }
    }

    /// <summary>Makes a queue; before <see cref="Start"/>.</summary>
    /// <param name="index">The virtqueue index.</param>
    /// <exception cref="PciDeviceException">The device has no such queue.</exception>
    public PciQueue AddQueue(ushort index)
    {
        ushort most = index < _common.Queues ? _common.QueueSize(index) : (ushort)0;
        if (most == 0) { throw new PciDeviceException($"{_function.Name} has no queue {index}; it has {_common.Queues}."); }
        DriverRing ring = DriverRing.Create(Heap, Math.Min(most, MostEntries), Features, new() { Name = $"{_function.Name} queue {index}" });
        PciQueue queue = new(_function, index, ring);
        _queues.Add(queue);
        return queue;
    }

    /// <summary>Hands all queues to the device and lets it go.</summary>
    /// <exception cref="PciDeviceException">The device has too few interrupt vectors.</exception>
    public void Start()
    {
        _function.EnableBusMaster();
        _function.SignalInterrupts([.. _queues.Select(static queue => queue.Interrupt)]);
        PciPlace notify = _capabilities[PciStructure.Notify];
        for (int i = 0; i < _queues.Count; i++)
        {
            PciQueue queue = _queues[i];
            ushort offset = _common.EnableQueue(queue.Index, queue.Ring.Size, queue.Ring.Addresses, (ushort)i);
            queue.Attach(notify with { Offset = notify.Offset + (offset * notify.NotifyMultiplier) });
        }
        _common.Status |= DriverOk;
    }

    /// <summary>Copies from the device's configuration space.</summary>
    /// <exception cref="PciDeviceException">The device has no such bytes.</exception>
    public void ReadConfiguration(int offset, Span<byte> destination)
    {
        PciPlace place = _capabilities[PciStructure.Device];
        if ((uint)(offset + destination.Length) > place.Length) { throw new PciDeviceException($"{_function.Name} has {place.Length} bytes of configuration."); }
        Span<byte> registers = _function.Bar(place.Bar).Slice((int)place.Offset + offset, destination.Length);
        for (int i = 0; i < registers.Length; i++) { destination[i] = Volatile.Read(ref registers[i]); }
    }

    /// <summary>Resets the device, so that it leaves memory alone, and gives it back.</summary>
    public void Dispose()
    {
        _common.Status = 0;
        foreach (PciQueue queue in _queues) { queue.Dispose(); }
        _function.Dispose();
        _memory.Dispose();
    }

    private void Negotiate(ulong wanted)
    {
        _common.Status = 0;
        // The device says that its reset is over by showing the status 0 (section 4.1.4.3.2).
        if (!SpinWait.SpinUntil(() => _common.Status == 0, s_resetLimit)) { throw new PciDeviceException($"{_function.Name} does not end its reset; its backend does not answer."); }
        _common.Status = Acknowledge;
        _common.Status |= DriverKnown;
        ulong offered = _common.ReadFeatures();
        if ((offered & VirtioFeatures.Version1) == 0) { throw new PciDeviceException($"{_function.Name} does not offer VIRTIO_F_VERSION_1; its features are 0x{offered:x}."); }
        Features = offered & wanted;
        _common.WriteFeatures(Features);
        _common.Status |= FeaturesOk;
        if ((_common.Status & FeaturesOk) == 0) { throw new PciDeviceException($"{_function.Name} refused the features 0x{Features:x} of 0x{offered:x}."); }
    }
}
