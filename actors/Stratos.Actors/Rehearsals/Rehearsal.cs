using Stratos.Actors.Devices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Rehearsals;

/// <summary>
/// Plays a short session on a private ring with a device that does nothing, through the same actors and pumps that serve
/// real ones: what they need is compiled, and found hot, before the first real request comes.
/// </summary>
/// <param name="over">Called on the session's thread when the session is over, with what ended it.</param>
internal sealed class Rehearsal(Action<Exception?> over) : ITransportSession
{
    /// <summary>Enough calls of each hot method that the compiler takes it for hot, in a few milliseconds.</summary>
    private const int Requests = 4096;
    private const int Burst = 32;
    private const ushort QueueSize = 64;
    private const ulong GuestBase = 0x1_0000;
    private const ulong GuestLength = 0x1_0000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public string Name => "rehearsal";

    /// <summary>The rehearsal as a device of a partition of its own.</summary>
    public static DeviceBinding Binding(Action<Exception?> over) =>
        new("rehearsal", static () => new RehearsalDevice(), new Rehearsal(over), new PumpOptions());

    public void Serve(IDevicePort device, CancellationToken stop)
    {
        Exception? fault = null;
        try
        {
            device.Perform(new DeviceOperation.Describe());
            using var state = DeviceState.Local(8);
            device.Perform(new DeviceOperation.Attach(state, new NoEvents()));
            Play(device, VirtioFeatures.Version1 | VirtioFeatures.EventIndex);
            Play(device, VirtioFeatures.Version1 | VirtioFeatures.EventIndex | VirtioFeatures.RingPacked);
            device.Perform(new DeviceOperation.Reset());
        }
        catch (Exception failed)
        {
            fault = failed;
        }
        over(fault);
        stop.WaitHandle.WaitOne();
    }

    private static void Play(IDevicePort device, ulong features)
    {
        using var file = MemoryFile.Create("rehearsal", GuestLength);
        using var mapping = file.Map(MemoryAccess.ReadWrite);
        using var kick = EventFd.Create();
        using var call = EventFd.Create();
        using var journal = JournalFile.CreatePrivate(1, QueueSize, (features & VirtioFeatures.RingPacked) != 0);
        var heap = new GuestHeap(mapping, GuestBase);
        var ring = DriverRing.Create(heap, QueueSize, features);
        device.Perform(new DeviceOperation.StartQueue(new QueueSetup
        {
            Index = 0,
            Size = QueueSize,
            Features = features,
            Memory = new GuestMemory([new MemoryWindow(GuestBase, 0, mapping)]),
            Addresses = ring.Addresses,
            State = ring.State,
            Journal = journal.Queue(0),
            Kick = kick,
            Call = call,
        }));
        try
        {
            Drive(ring, heap, kick);
        }
        finally
        {
            device.Perform(new DeviceOperation.StopQueue(0));
        }
    }

    private static void Drive(DriverRing ring, GuestHeap heap, EventFd kick)
    {
        DriverBuffer[] request = [heap.Allocate(16).ToDevice, heap.Allocate(512).FromDevice];
        var deadline = DateTime.UtcNow + s_patience;
        for (int done = 0; done < Requests;)
        {
            while (ring.InFlight < Burst && ring.TryAdd(request, 0)) { }
            if (ring.Publish())
                kick.Signal();
            while (ring.TryTake(out _, out _))
                done++;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"The rehearsal had {done} of {Requests} requests answered after {s_patience.TotalSeconds:0} s.");
        }
        while (ring.InFlight > 0 && DateTime.UtcNow < deadline)
            ring.TryTake(out _, out _);
    }

    private sealed class NoEvents : IDeviceEvents
    {
        public void ConfigChanged() { }

        public void QueueFailed(int index, string reason) { }
    }
}
