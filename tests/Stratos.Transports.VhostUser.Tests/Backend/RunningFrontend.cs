using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A frontend with one ring in use, whose every message is in a test's hands.</summary>
internal sealed class RunningFrontend : IDisposable
{
    private readonly MemoryFile _memory;
    private readonly Mapping _mapping;
    private readonly DriverRing _ring;

    public RunningFrontend(BackendBench bench, ulong features)
    {
        Raw = bench.Connect();
        _memory = Raw.Open(features);
        _mapping = _memory.Map(MemoryAccess.ReadWrite);
        var heap = new GuestHeap(_mapping, GuestBase);
        _ring = DriverRing.Create(heap, 32, features);
        Bells = Raw.SetRing(0, size: 32, start: (features & (1UL << 34)) != 0 ? 0x8000_8000u : 0);
        Raw.Tell(FrontendRequest.SetVringAddr, Bytes(Place()));
        Client = new EchoClient(_ring, heap, 16, Bells.Kick.Signal, Bells.Call);
        Raw.Enable(0);
    }

    public RawFrontend Raw { get; }

    public RawFrontend.Doorbells Bells { get; }

    public EchoClient Client { get; }

    /// <summary>Sends and takes some numbers, and leaves some under way.</summary>
    public void Exchange()
    {
        Client.Exchange(20);
        Client.Fill();
    }

    /// <summary>As a guest's suspend does: stop the ring, and start it where it stood.</summary>
    public void StopAndStart()
    {
        var answer = Raw.Ask(FrontendRequest.GetVringBase, Bytes(new VringState(0, 0)));
        Raw.Tell(FrontendRequest.SetVringBase, answer);
        Raw.Tell(FrontendRequest.SetVringKick, Bytes(VringDescriptor.For(0, true)), Bells.Kick.Descriptor);
    }

    public void Dispose()
    {
        Raw.Dispose();
        Bells.Dispose();
        _mapping.Dispose();
        _memory.Dispose();
    }

    private VringAddress Place()
    {
        var areas = _ring.Addresses;
        return new(0, 0, User(areas.Descriptors), User(areas.Device), User(areas.Driver), 0);
    }

    private static ulong User(ulong guest) => guest - GuestBase + UserBase;
}
