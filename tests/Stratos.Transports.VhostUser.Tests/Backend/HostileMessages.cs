using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Protocol.Messages.FrontendRequest;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>One thing that a frontend may not do, after it negotiated and shared its memory.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Reason">What the backend says of it.</param>
/// <param name="Do">Does it.</param>
internal sealed record HostileMessage(string Name, string Reason, Action<RawFrontend> Do);

/// <summary>All such things.</summary>
internal static class HostileMessages
{
    public static IReadOnlyList<HostileMessage> All { get; } =
    [
        .. Framing(), .. Memory(), .. Rings(), .. Doorbells(), .. Records(),
    ];

    private static IEnumerable<HostileMessage> Framing()
    {
        yield return new("a payload of 4 GiB", "payload of 4294967295 bytes", f => f.SendRaw(Header(SetFeatures, 1, uint.MaxValue)));
        yield return new("a payload just too long", $"payload of {FrameParser.LongestPayload + 1} bytes", f => f.SendRaw(Header(SetFeatures, 1, FrameParser.LongestPayload + 1)));
        yield return new("an unknown request", "request 45 (0x2d) is not known", f => f.SendRaw(Header((FrontendRequest)45, 1, 0)));
        yield return new("request zero", "request 0 (0x0) is not known", f => f.SendRaw(Header(0, 1, 0)));
        yield return new("a keeper's request", "is not known", f => f.Send((FrontendRequest)0x5346_0003, 1));
        yield return new("another version", "version 2", f => f.SendRaw(Header(SetOwner, 2, 0)));
        yield return new("a reply", "the reply flag is set", f => f.SendRaw(Header(SetOwner, 5, 0)));
        yield return new("half a header", "ended within a message", f => Leave(f, Header(SetOwner, 1, 0).AsSpan(0, 7)));
        yield return new("half a payload", "ended within a message", f => Leave(f, [.. Header(SetFeatures, 1, 8), 1, 2, 3]));
        yield return new("a message that was not offered", "needs the protocol feature", f => f.Send(PostcopyAdvise));
        yield return new("an IOTLB message", "IOTLB_MSG is not supported", f => f.Send(IotlbMsg, new byte[32]));
        foreach (var rule in FrontendRules.All.Where(rule => (rule.Requires & ~BackendFeatures.For(16)) == 0))
        {
            yield return new($"{rule.Name} too long", $"{rule.Name}: payload has {rule.MaxPayload + 1} bytes", f => f.Send((FrontendRequest)rule.Request, new byte[rule.MaxPayload + 1]));
            if (rule.MinPayload > 0)
                yield return new($"{rule.Name} too short", $"{rule.Name}: payload has {rule.MinPayload - 1} bytes", f => f.Send((FrontendRequest)rule.Request, new byte[rule.MinPayload - 1]));
            yield return new($"{rule.Name} with too many descriptors", $"{rule.Name}: {rule.MaxDescriptors + 1} descriptors", f => WithEvents(f, rule, rule.MaxDescriptors + 1));
            yield return new($"{rule.Name} with far too many descriptors", "more than 16 descriptors", f => WithEvents(f, rule, 40));
            if (rule.MinDescriptors > 0)
                yield return new($"{rule.Name} without its descriptor", $"{rule.Name}: 0 descriptors", f => WithEvents(f, rule, 0));
        }
    }

    private static IEnumerable<HostileMessage> Memory()
    {
        yield return Table("a table with fewer descriptors", "2 regions with 1 descriptors", 1, new(0, 4096, 0x1000, 0), new(8192, 4096, 0x3000, 0));
        yield return Table("a region without length", "is empty or wraps", 1, new MemoryRegion(0, 0, 0x1000, 0));
        yield return Table("a region that wraps in the guest", "is empty or wraps", 1, new MemoryRegion(ulong.MaxValue - 100, 4096, 0x1000, 0));
        yield return Table("a region that wraps in the frontend", "is empty or wraps", 1, new MemoryRegion(0, 4096, ulong.MaxValue - 100, 0));
        yield return Table("a region longer than its file", "reaches beyond its file", 1, new MemoryRegion(0, MemoryLength + 1, 0x1000, 0));
        yield return Table("a region beyond its file", "reaches beyond its file", 1, new MemoryRegion(0, 4096, 0x1000, ulong.MaxValue - 4095));
        yield return Table("regions that overlap in the guest", "overlap", 2, new(0, 8192, 0x10000, 0), new(4096, 4096, 0x30000, 0));
        yield return Table("regions that overlap in the frontend", "overlap", 2, new(0, 8192, 0x10000, 0), new(0x100000, 4096, 0x11000, 0));
        yield return new("more regions than bytes", "descriptors", f => f.Send(SetMemTable, Bytes(new MemoryTableHeader(uint.MaxValue))));
        yield return new("memory that is an eventfd", "cannot be mapped", f => WithEvents(f, SetMemTable, RawFrontend.Table(new MemoryRegion(0, 4096, 0x1000, 0))));
        yield return new("a slot that is an eventfd", "cannot be mapped", f => WithEvents(f, AddMemReg, Bytes(new SingleMemoryRegion(new(0, 4096, 0x1000, 0)))));
        yield return new("a slot over other memory", "overlap", f => WithMemory(f, AddMemReg, Bytes(new SingleMemoryRegion(new(GuestBase, 4096, 0x1000, 0)))));
        yield return new("removal of what is not there", "there is no region", f => f.Send(RemMemReg, Bytes(new SingleMemoryRegion(new(GuestBase, 4096, UserBase, 0)))));
        yield return new("removal of a running ring's memory", "is not in the shared memory", f =>
        {
            using var bells = Run(f);
            f.Send(RemMemReg, Bytes(new SingleMemoryRegion(new(GuestBase, MemoryLength, UserBase, 0))));
        });
    }

    private static IEnumerable<HostileMessage> Rings()
    {
        yield return new("a ring that does not exist", "ring 2; the device has 2", f => f.Send(SetVringNum, Bytes(new VringState(2, 8))));
        yield return new("a ring with a wild index", "ring 4294967295", f => f.Send(SetVringBase, Bytes(new VringState(uint.MaxValue, 8))));
        yield return new("the base of no ring", "GET_VRING_BASE: ring 77", f => f.Send(GetVringBase, Bytes(new VringState(77, 0))));
        yield return new("a doorbell of no ring", "SET_VRING_KICK: ring 255", f => WithEvents(f, SetVringKick, Bytes(255ul)));
        yield return new("a ring of size 0", "size 0", f => f.Send(SetVringNum, Bytes(new VringState(0, 0))));
        yield return new("a ring that is too large", "size 257", f => f.Send(SetVringNum, Bytes(new VringState(0, 257))));
        yield return new("a ring of 2^32", "size 4294967295", f => f.Send(SetVringNum, Bytes(new VringState(0, uint.MaxValue))));
        yield return new("a split ring of 12", "no power of two", f => Run(f, size: 12).Dispose());
        yield return new("a size that changes while the ring runs", "stop it first", f =>
        {
            using var bells = Run(f);
            f.Send(SetVringNum, Bytes(new VringState(0, 16)));
        });
        yield return new("a base that changes while the ring runs", "stop it first", f =>
        {
            using var bells = Run(f);
            f.Send(SetVringBase, Bytes(new VringState(0, 3)));
        });
        yield return new("features that change while a ring runs", "change while rings run", f =>
        {
            using var bells = Run(f);
            f.Send(SetFeatures, VirtioFeatures.Version1 | VirtioFeatures.RingPacked);
        });
        yield return new("a base of a split ring beyond 16 bits", "does not fit into 16 bits", f => Run(f, start: 0x1_0000).Dispose());
        yield return new("a ring outside of memory", "is not in the shared memory", f => Run(f, at: MemoryLength).Dispose());
        yield return new("a ring that ends outside of memory", "is not in the shared memory", f => Run(f, at: MemoryLength - 0x2000).Dispose());
        yield return new("a ring that is not aligned", "is not aligned", f => Run(f, at: 1).Dispose());
        yield return new("flags of a ring that nobody knows", "flags 0x2", f => f.Send(SetVringAddr, Bytes(Address(0, flags: 2))));
        yield return new("neither on nor off", "0 or 1 expected", f => f.Send(SetVringEnable, Bytes(new VringState(0, 2))));
    }

    private static IEnumerable<HostileMessage> Doorbells()
    {
        foreach (var request in new[] { SetVringKick, SetVringCall, SetVringErr })
        {
            yield return new($"{request} that is memory", "is no eventfd", f => WithMemory(f, request, Bytes(0ul)));
            yield return new($"{request} without a doorbell", "the no-descriptor flag is not set", f => f.Send(request, 0));
            yield return new($"{request} with a doorbell too many", "though the no-descriptor flag is set", f => WithEvents(f, request, Bytes(0x100ul)));
            yield return new($"{request} with stray bits", "bits beyond", f => f.Send(request, 1UL << 40));
        }
        yield return new("a log doorbell that is memory", "is no eventfd", f => WithMemory(f, SetLogFd, []));
        yield return new("a channel that is memory", "SET_BACKEND_REQ_FD", f => WithMemory(f, SetBackendReqFd, []));
    }

    private static IEnumerable<HostileMessage> Records()
    {
        foreach (var request in new[] { GetInflightFd, SetInflightFd })
        {
            yield return Inflight(request, "no queues", "0 queues", new(4096, 0, 0, 8));
            yield return Inflight(request, "too many queues", "65535 queues", new(4096, 0, 65535, 8));
            yield return Inflight(request, "queues of size 0", "queue size 0", new(4096, 0, 1, 0));
            yield return Inflight(request, "queues that are too large", "queue size 65535", new(4096, 0, 1, 65535));
        }
        yield return Inflight(SetInflightFd, "no length", "SET_INFLIGHT_FD", new(0, 0, 1, 8));
        yield return Inflight(SetInflightFd, "too little", "SET_INFLIGHT_FD", new(64, 0, 2, 256));
        yield return Inflight(SetInflightFd, "an offset beyond the file", "SET_INFLIGHT_FD", new(4096, ulong.MaxValue - 8, 1, 8));
        yield return Inflight(SetInflightFd, "an odd offset", "SET_INFLIGHT_FD", new(8192, 3, 1, 8));
        yield return new("a record that is an eventfd", "SET_INFLIGHT_FD", f => WithEvents(f, SetInflightFd, Bytes(new InflightDescription(4096, 0, 1, 8))));
        yield return new("a record for smaller rings", "has room for 4", f =>
        {
            WithMemory(f, SetInflightFd, Bytes(new InflightDescription(MemoryLength, 0, 2, 4)));
            Run(f).Dispose();
        });
        yield return new("a record of split rings for packed ones", "does not fit the negotiated rings", f =>
        {
            WithMemory(f, SetInflightFd, Bytes(new InflightDescription(384, 0, 2, 8)));
            f.Send(SetFeatures, VirtioFeatures.Version1 | VirtioFeatures.RingPacked | VhostFeatures.ProtocolFeatures);
            Run(f).Dispose();
        });
        yield return new("a record that its own process would have to serve", "use a memfd", f =>
        {
            using var served = FileIo.OpenFile("/proc/self/maps", OpenFlags.ReadOnly);
            f.Send(SetInflightFd, Bytes(new InflightDescription(4096, 0, 2, 8)), false, served);
        });
        yield return new("memory that its own process would have to serve", "use a memfd", f =>
        {
            using var served = FileIo.OpenFile("/proc/self/maps", OpenFlags.ReadOnly);
            f.Send(SetMemTable, RawFrontend.Table(new MemoryRegion(0, 4096, 0, 0)), false, served);
        });
        yield return new("a record while a ring runs", "rings run", f =>
        {
            using var bells = Run(f);
            WithMemory(f, SetInflightFd, Bytes(new InflightDescription(MemoryLength, 0, 2, 8)));
        });
        yield return Log("a log that is too small", "are needed for memory", new(1024, 0));
        yield return Log("a log without length", "are needed for memory", new(0, 0));
        yield return Log("a log beyond its file", "SET_LOG_BASE", new(MemoryLength, MemoryLength));
        yield return Log("a log with a wild offset", "SET_LOG_BASE", new(MemoryLength, ulong.MaxValue));
    }

    // A log's acknowledgement is its own reply: one refusal is told, the next ends the session.
    private static HostileMessage Log(string name, string reason, LogDescription description) => new(name, reason, f =>
    {
        for (var i = 0; i < 17; i++) WithMemory(f, SetLogBase, Bytes(description));
    });

    private static HostileMessage Inflight(FrontendRequest request, string name, string reason, InflightDescription description) =>
        new($"{request} with {name}", reason, f =>
        {
            if (request == GetInflightFd) f.Send(request, Bytes(description));
            else WithMemory(f, request, Bytes(description));
        });

    private static HostileMessage Table(string name, string reason, int descriptors, params MemoryRegion[] regions) => new(name, reason, f =>
    {
        using var memory = MemoryFile.Create("hostile", MemoryLength);
        f.Send(SetMemTable, RawFrontend.Table(regions), false, [.. Enumerable.Repeat(memory.Descriptor, descriptors)]);
    });

    private static RawFrontend.Doorbells Run(RawFrontend frontend, uint size = 8, uint start = 0, ulong at = 0)
    {
        var bells = frontend.SetRing(0, size, start, at);
        frontend.Send(SetVringEnable, Bytes(new VringState(0, 1)));
        return bells;
    }

    private static void WithEvents(RawFrontend frontend, FrontendRequest request, ReadOnlySpan<byte> payload)
    {
        using var bell = EventFd.Create();
        frontend.Send(request, payload, false, bell.Descriptor);
    }

    private static void WithEvents(RawFrontend frontend, MessageRule rule, int descriptors)
    {
        using var bell = EventFd.Create();
        frontend.Send((FrontendRequest)rule.Request, new byte[rule.MinPayload], false, [.. Enumerable.Repeat(bell.Descriptor, descriptors)]);
    }

    private static void WithMemory(RawFrontend frontend, FrontendRequest request, ReadOnlySpan<byte> payload)
    {
        using var memory = MemoryFile.Create("hostile", MemoryLength);
        frontend.Send(request, payload, false, memory.Descriptor);
    }

    private static void Leave(RawFrontend frontend, ReadOnlySpan<byte> bytes)
    {
        frontend.SendRaw(bytes);
        frontend.HangUp();
    }

    private static byte[] Header(FrontendRequest request, uint flags, uint size) =>
        MemoryMarshal.AsBytes<uint>([(uint)request, flags, size]).ToArray();
}
