using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>What frontends do, in the order in which QEMU does it.</summary>
public static class FrontendSteps
{
    /// <summary>All messages that start a device with one ring, in order; each can be sent alone.</summary>
    public static IReadOnlyList<Action<FakeFrontend>> Startup { get; } =
    [
        frontend => frontend.Send(FrontendRequest.GetFeatures, []),
        frontend => frontend.Send(FrontendRequest.GetProtocolFeatures, []),
        frontend => frontend.Send(FrontendRequest.SetProtocolFeatures, (ulong)(World.Protocol & ~ProtocolFeatures.GetVringBaseInflight)),
        frontend => frontend.Send(FrontendRequest.GetQueueNum, []),
        frontend => frontend.Send(FrontendRequest.GetMaxMemSlots, []),
        frontend => frontend.Send(FrontendRequest.SetBackendReqFd, [], 1, needReply: true),
        frontend => frontend.Send(FrontendRequest.SetOwner, []),
        frontend => frontend.Send(FrontendRequest.GetConfig, Config(0, World.ConfigLength)),
        frontend => frontend.Send(FrontendRequest.SetFeatures, World.Features & ~VhostFeatures.LogAll),
        frontend => frontend.Send(FrontendRequest.AddMemReg, Region(0), 1, needReply: true),
        frontend => frontend.Send(FrontendRequest.AddMemReg, Region(1), 1, needReply: true),
        frontend => frontend.Send(FrontendRequest.SetVringNum, new VringState(0, 128)),
        frontend => frontend.Send(FrontendRequest.SetVringBase, new VringState(0, 7)),
        frontend => frontend.Send(FrontendRequest.SetVringAddr, new VringAddress(0, 0, 0x1000, 0x3000, 0x2000, 0), 0, needReply: true),
        frontend => frontend.Send(FrontendRequest.SetVringKick, 0UL, 1),
        frontend => frontend.Send(FrontendRequest.SetVringCall, 0UL, 1),
        frontend => frontend.Send(FrontendRequest.SetVringErr, 0UL, 1),
        frontend => frontend.Send(FrontendRequest.SetStatus, 15UL),
        frontend => frontend.Send(FrontendRequest.SetVringEnable, new VringState(0, 1), 0, needReply: true),
    ];

    public static void Start(this World world)
    {
        world.Frontend.Connect();
        world.Run();
        foreach (var step in Startup)
        {
            step(world.Frontend);
            world.Run();
        }
    }

    public static SingleMemoryRegion Region(int slot) => new(Window(slot));

    public static MemoryRegion Window(int slot) => new((ulong)slot << 32, 0x10000, 0x7000_0000_0000 + ((ulong)slot << 32), 0);

    /// <summary>A configuration message: header and so many bytes.</summary>
    public static byte[] Config(uint offset, int size)
    {
        var payload = new byte[ConfigHeader.Length + size];
        System.Runtime.InteropServices.MemoryMarshal.Write(payload, new ConfigHeader(offset, (uint)size, 0));
        return payload;
    }

    public static byte[] Table(params int[] slots)
    {
        List<byte> payload = [.. BitConverter.GetBytes((ulong)slots.Length)];
        foreach (var slot in slots)
        {
            var window = Window(slot);
            payload.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<MemoryRegion>(in window)));
        }
        return [.. payload];
    }
}
