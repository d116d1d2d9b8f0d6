using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Bench;

/// <summary>A guest's memory with one driver ring in it, a journal, and doorbells: all that a queue needs but the device.</summary>
internal sealed class GuestBench : IDisposable
{
    public const ulong GuestAddress = 0x4000_0000;

    private readonly MemoryFile _file;

    public GuestBench(ulong features, ushort size = 16, ulong memory = 1 << 20, bool seal = true, bool phases = true)
    {
        Features = features | VirtioFeatures.Version1;
        _file = MemoryFile.Create("guest", memory, seal);
        Mapping = _file.Map(MemoryAccess.ReadWrite);
        Memory = new GuestMemory([new MemoryWindow(GuestAddress, 0, Mapping)]);
        Heap = new GuestHeap(Mapping, GuestAddress);
        Driver = DriverRing.Create(Heap, size, Features);
        Journals = phases ? JournalFile.CreatePrivate(1, size, IsPacked) : ForeignJournal(size);
        Setup = new QueueSetup
        {
            Index = 0, Size = size, Features = Features, Memory = Memory, Addresses = Driver.Addresses,
            State = QueueState.Initial, Journal = Journals.Queue(0), Kick = Kick, Call = Call, Error = Error,
        };
    }

    public ulong Features { get; }
    public bool IsPacked => (Features & VirtioFeatures.RingPacked) != 0;
    public Mapping Mapping { get; }
    public GuestMemory Memory { get; }
    public GuestHeap Heap { get; }
    public DriverRing Driver { get; }
    public JournalFile Journals { get; }
    public EventFd Kick { get; } = EventFd.Create();
    public EventFd Call { get; } = EventFd.Create();
    public EventFd Error { get; } = EventFd.Create();
    public QueueSetup Setup { get; set; }

    /// <summary>The guest's memory file, for cutting it.</summary>
    public MemoryFile File => _file;

    /// <summary>Bytes of guest memory from a guest address on.</summary>
    public Span<byte> At(ulong guestAddress, int length) => Mapping.GetSpan(guestAddress - GuestAddress, length);

    /// <summary>A pump for the queue.</summary>
    public QueuePump Pump(TestDevice device, PumpOptions? options = null, Action<PumpEnd>? ended = null, QueueSetup? setup = null) =>
        new("test/queue", device, setup ?? Setup, options ?? new PumpOptions(), ended ?? (end => Assert.Fail($"The pump ended: {end}")));

    /// <summary>Rings the doorbell if the driver's publication asks for it.</summary>
    public void Publish()
    {
        if (Driver.Publish()) { Kick.Signal(); }
    }

    /// <summary>A journal as a backend lays it out that knows only what vhost-user specifies.</summary>
    private JournalFile ForeignJournal(ushort size)
    {
        using MemoryFile file = MemoryFile.Create("journal", JournalLayout.RegionStride(size, IsPacked));
        return JournalFile.Open(file.Map(MemoryAccess.ReadWrite), 1, size, IsPacked);
    }

    public void Dispose()
    {
        Journals.Dispose();
        Mapping.Dispose();
        _file.Dispose();
        Kick.Dispose();
        Call.Dispose();
        Error.Dispose();
    }
}
