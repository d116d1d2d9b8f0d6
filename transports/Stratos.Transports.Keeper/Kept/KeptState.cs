using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>
/// All that a frontend set in its session, with the descriptors. Each setting has a revision, from one counter that only
/// grows; a worker knows the session when it was told each setting in its present revision.
/// </summary>
/// <remarks>Owns the descriptors: whatever is replaced or dropped is closed through the actions.</remarks>
internal sealed class KeptState(KeeperActions actions)
{
    private readonly ulong[] _revisions = new ulong[(int)KeptItem.Count];
    private KeptRing[] _rings = [];

    /// <summary>The last revision that was given.</summary>
    public ulong Revision { get; private set; }

    public ReadOnlySpan<KeptRing> Rings => _rings;
    public RegionList Memory { get; } = new();
    public ulong ProtocolFeatures { get; private set; }
    public ulong Features { get; private set; }
    public LogDescription Log { get; private set; }
    public int LogMemory { get; private set; } = KeptDescriptor.None;
    public int LogDoorbell { get; private set; } = KeptDescriptor.None;
    public InflightDescription Inflight { get; private set; }
    public int InflightMemory { get; private set; } = KeptDescriptor.None;
    public ulong Status { get; private set; }

    /// <summary>The frontend's channel for requests of its backend; workers have channels of their own.</summary>
    public int FrontendChannel { get; private set; } = KeptDescriptor.None;

    public ulong RevisionOf(KeptItem item) => _revisions[(int)item];

    public bool Has(KeptItem item) => RevisionOf(item) != 0;

    /// <summary>Makes room for the rings of a device.</summary>
    public void Describe(int queues)
    {
        _rings = new KeptRing[queues];
        for (var i = 0; i < queues; i++) _rings[i] = new KeptRing();
    }

    /// <summary>What a worker is told first in each session, whatever the frontend negotiates.</summary>
    public void Begin(ulong protocolFeatures, bool withChannel)
    {
        ProtocolFeatures = protocolFeatures;
        Set(KeptItem.ProtocolFeatures);
        if (withChannel) Set(KeptItem.Channel);
    }

    public void SetOwner()
    {
        if (!Has(KeptItem.Owner)) Set(KeptItem.Owner);
    }

    public void SetFeatures(ulong features)
    {
        Features = features;
        Set(KeptItem.Features);
    }

    public void SetStatus(ulong status)
    {
        Status = status;
        Set(KeptItem.Status);
    }

    /// <summary>A new table begins: all regions are dropped. Add those of the table next.</summary>
    public void BeginTable()
    {
        ClearMemory();
        Set(KeptItem.MemoryTable);
    }

    public void AddRegion(in MemoryRegion region, int descriptor, bool isOfTable) =>
        Memory.Add(new(Next(), region, descriptor, isOfTable));

    public void RemoveRegion(int index)
    {
        actions.Close(Memory.All[index].Descriptor);
        Memory.RemoveAt(index);
        Next();
    }

    public void SetLogBase(in LogDescription log, int memory)
    {
        actions.Close(LogMemory);
        (Log, LogMemory) = (log, memory);
        Set(KeptItem.LogBase);
    }

    public void SetLogDoorbell(int doorbell)
    {
        actions.Close(LogDoorbell);
        LogDoorbell = doorbell;
        Set(KeptItem.LogDoorbell);
    }

    public void SetInflight(in InflightDescription inflight, int memory)
    {
        CloseInflight();
        (Inflight, InflightMemory) = (inflight, memory);
        Set(KeptItem.Inflight);
    }

    public void SetFrontendChannel(int channel)
    {
        actions.Close(FrontendChannel);
        FrontendChannel = channel;
    }

    public void SetNumber(int ring, uint number)
    {
        _rings[ring].Number = number;
        Set(ring, RingItem.Number);
    }

    public void SetBase(int ring, uint value)
    {
        _rings[ring].Base = value;
        Set(ring, RingItem.Base);
    }

    public void SetAddress(int ring, in VringAddress address)
    {
        _rings[ring].Address = address;
        Set(ring, RingItem.Address);
    }

    public void SetEnabled(int ring, bool enabled)
    {
        _rings[ring].IsEnabled = enabled;
        Set(ring, RingItem.Enable);
    }

    public void SetDoorbell(int ring, RingItem item, int descriptor)
    {
        ref var doorbell = ref _rings[ring].Doorbell(item);
        actions.Close(doorbell);
        doorbell = descriptor;
        Set(ring, item);
    }

    /// <summary>The ring was stopped: it has no doorbell of the driver any more.</summary>
    public void Stop(int ring)
    {
        Forget(ring, RingItem.Kick);
        Set(ring, RingItem.Stop);
    }

    /// <summary>The device was reset: the rings are as they were before the frontend told anything of them.</summary>
    public void Reset()
    {
        for (var i = 0; i < _rings.Length; i++)
        {
            for (var item = RingItem.Number; item < RingItem.Count; item++) Forget(i, item);
            Set(i, RingItem.Stop);
        }
        if (InflightMemory == KeptDescriptor.Journal) Forget(KeptItem.Inflight);
        Forget(KeptItem.Status);
    }

    /// <summary>A setting that was refused is not kept.</summary>
    public void Forget(KeptItem item)
    {
        if (item == KeptItem.MemoryTable) ClearMemory();
        if (item == KeptItem.LogBase) LogMemory = Closed(LogMemory);
        if (item == KeptItem.LogDoorbell) LogDoorbell = Closed(LogDoorbell);
        if (item == KeptItem.Inflight) CloseInflight();
        if (item == KeptItem.Features) Features = 0;
        if (item == KeptItem.Status) Status = 0;
        _revisions[(int)item] = 0;
        Next();
    }

    /// <summary>A ring's setting that was refused is not kept.</summary>
    public void Forget(int ring, RingItem item)
    {
        if (item is RingItem.Call or RingItem.Error or RingItem.Kick)
        {
            ref var doorbell = ref _rings[ring].Doorbell(item);
            doorbell = Closed(doorbell);
        }
        if (item == RingItem.Enable) _rings[ring].IsEnabled = false;
        if (item == RingItem.Base) _rings[ring].Base = 0;
        _rings[ring].Revisions[(int)item] = 0;
        Next();
    }

    /// <summary>The frontend has gone: nothing is kept.</summary>
    public void Clear()
    {
        for (var item = KeptItem.ProtocolFeatures; item < KeptItem.Count; item++) Forget(item);
        FrontendChannel = Closed(FrontendChannel);
        for (var i = 0; i < _rings.Length; i++)
            for (var item = RingItem.Stop; item < RingItem.Count; item++) Forget(i, item);
    }

    private void Set(KeptItem item) => _revisions[(int)item] = Next();

    private void Set(int ring, RingItem item) => _rings[ring].Revisions[(int)item] = Next();

    private ulong Next() => ++Revision;

    private int Closed(int descriptor)
    {
        actions.Close(descriptor);
        return KeptDescriptor.None;
    }

    private void ClearMemory()
    {
        foreach (ref readonly var region in Memory.All) actions.Close(region.Descriptor);
        Memory.Clear();
    }

    private void CloseInflight()
    {
        if (InflightMemory == KeptDescriptor.Journal) actions.Add(KeeperActionKind.DropJournal);
        else actions.Close(InflightMemory);
        (Inflight, InflightMemory) = (default, KeptDescriptor.None);
    }
}
