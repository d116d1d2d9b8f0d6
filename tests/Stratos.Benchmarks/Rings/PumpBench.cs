using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Benchmarks.Rings;

/// <summary>A block device on its pump and a driver in one process, without any transport: what the rings and the pump cost.</summary>
internal sealed class PumpBench : IDisposable
{
    private const ulong GuestBase = 0x1_0000_0000;
    private const int Transfer = 4096;
    private readonly Mapping _mapping;
    private readonly BlockDevice _device;
    private readonly JournalFile _journal;
    private readonly EventFd _kick = EventFd.Create();
    private readonly EventFd _call = EventFd.Create();
    private readonly DriverRing _ring;
    private readonly QueuePump _pump;
    private readonly DriverBuffer[][] _requests;

    public PumpBench(ulong features, int depth, BlockOptions options)
    {
        using var file = MemoryFile.Create("ring-benchmark", 8 << 20);
        _mapping = file.Map(MemoryAccess.ReadWrite);
        var heap = new GuestHeap(_mapping, GuestBase);
        _ring = DriverRing.Create(heap, 256, features);
        _device = BlockDevice.Create(options);
        _device.Activate(new(nameof(PumpBench), DeviceState.Local(_device.StateLength), static () => { }, Console.Error.WriteLine));
        _journal = JournalFile.CreatePrivate(1, 256, (features & VirtioFeatures.RingPacked) != 0);
        _requests = [.. Enumerable.Range(0, depth).Select(i => Request(heap, i))];
        _pump = new(nameof(PumpBench), _device, Setup(features), new() { PollTime = TimeSpan.FromMilliseconds(1) }, end => Environment.FailFast($"The pump ended: {end}"));
        _pump.Start();
    }

    public PumpCounters Counters => _pump.Counters;

    /// <summary>Sends requests and takes them back, keeping as many in flight as there are.</summary>
    public int Exchange(int count)
    {
        var submitted = 0;
        var taken = 0;
        for (; submitted < _requests.Length && submitted < count; submitted++)
            _ring.TryAdd(_requests[submitted], (ulong)submitted);
        Publish();
        while (taken < count)
        {
            if (!_ring.TryTake(out var cookie, out _))
                continue;
            do
            {
                taken++;
                if (submitted >= count || !_ring.TryAdd(_requests[cookie], cookie))
                    continue;
                submitted++;
            }
            while (_ring.TryTake(out cookie, out _));
            Publish();
        }
        return taken;
    }

    public void Dispose()
    {
        _pump.Stop(TimeSpan.FromSeconds(5));
        _device.Deactivate();
        _journal.Dispose();
        _mapping.Dispose();
        _kick.Dispose();
        _call.Dispose();
    }

    private void Publish()
    {
        if (_ring.Publish())
            _kick.Signal();
    }

    private QueueSetup Setup(ulong features) => new()
    {
        Index = 0,
        Size = _ring.Size,
        Features = features,
        Memory = new([new(GuestBase, 0, _mapping)]),
        Addresses = _ring.Addresses,
        State = QueueState.Initial,
        Journal = _journal.Queue(0),
        Kick = _kick,
        Call = _call,
    };

    /// <summary>A read of 4 KiB in three elements, as a guest's block driver sends it.</summary>
    private static DriverBuffer[] Request(GuestHeap heap, int index)
    {
        var header = heap.Allocate(16);
        header.Span.Clear();
        BitConverter.TryWriteBytes(header.Span[8..], (ulong)index * (Transfer / 512));
        return [header.ToDevice, heap.Allocate(Transfer, Transfer).FromDevice, heap.Allocate(1, 1).FromDevice];
    }
}
