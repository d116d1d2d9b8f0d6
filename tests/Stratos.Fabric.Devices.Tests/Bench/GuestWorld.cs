using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>All that outlives the process which serves a device: guest memory with the driver's rings, the journal, the device's state.</summary>
internal sealed class GuestWorld : IDisposable
{
    public const ulong Split = VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex;
    public const ulong Packed = Split | VirtioFeatures.RingPacked;

    private const ulong GuestBase = 0x10_0000;

    private readonly MemoryFile _file;
    private readonly Mapping _mapping;
    private readonly MemoryFile _journalFile;
    private readonly Mapping _journalMapping;
    private readonly JournalFile _journal;

    public GuestWorld(VirtioDevice device, ulong features, ushort queueSize = 16, int megabytes = 4)
    {
        Description = DeviceDescription.Of("dut", device);
        Features = features;
        _file = MemoryFile.Create("guest", (ulong)megabytes << 20);
        _mapping = _file.Map(MemoryAccess.ReadWrite);
        Heap = new GuestHeap(_mapping, GuestBase);
        Memory = new GuestMemory([new MemoryWindow(GuestBase, 0, _mapping)]);
        bool packed = (features & VirtioFeatures.RingPacked) != 0;
        int queues = Description.Queues.Count;
        _journalFile = MemoryFile.Create("journal", JournalFile.RequiredLength(queues, queueSize, packed));
        _journalMapping = _journalFile.Map(MemoryAccess.ReadWrite);
        _journal = JournalFile.Open(_journalMapping, queues, queueSize, packed);
        State = DeviceState.Local(Description.StateLength);
        Rings = [.. Enumerable.Range(0, queues).Select(i => DriverRing.Create(Heap, queueSize, features, new() { Name = Description.Queues[i].Name }))];
        Kicks = [.. Enumerable.Range(0, queues).Select(static _ => EventFd.Create())];
    }

    public DeviceDescription Description { get; }

    public ulong Features { get; }

    public GuestHeap Heap { get; }

    public GuestMemory Memory { get; }

    public DeviceState State { get; }

    public DriverRing[] Rings { get; }

    public EventFd[] Kicks { get; }

    public QueueSetup Setup(int queue) => new()
    {
        Index = queue,
        Size = Rings[queue].Size,
        Features = Features,
        Memory = Memory,
        Addresses = Rings[queue].Addresses,
        State = QueueState.Initial,
        Journal = _journal.Queue(queue),
        Kick = Kicks[queue],
    };

    /// <summary>The driver resets all its queues, as at a new start of its system.</summary>
    public GuestWorld Restarted()
    {
        for (int i = 0; i < Rings.Length; i++)
        {
            Rings[i].Reset();
            _journal.Queue(i).Reset();
        }
        return this;
    }

    /// <summary>Copies everything that a serving process writes, and returns what puts the copy back.</summary>
    public Action Save()
    {
        byte[] memory = All(_mapping).ToArray();
        byte[] journal = All(_journalMapping).ToArray();
        byte[] state = State.Bytes.ToArray();
        return () =>
        {
            memory.CopyTo(All(_mapping));
            journal.CopyTo(All(_journalMapping));
            state.CopyTo(State.Bytes);
        };
    }

    public void Dispose()
    {
        foreach (EventFd kick in Kicks) { kick.Dispose(); }
        _journal.Dispose();
        _journalFile.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }

    private static Span<byte> All(Mapping mapping) => mapping.GetSpan(0, (int)mapping.Length);
}
