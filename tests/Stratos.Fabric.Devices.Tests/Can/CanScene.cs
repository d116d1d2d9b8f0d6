using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>A device with a guest at one station of a bus and a host at another.</summary>
internal sealed class CanScene : IDisposable
{
    public const ulong AllFeatures = 0xF;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public CanScene(ulong features = GuestWorld.Split, ulong offered = AllFeatures, CanAccess? access = null, CanBitTiming timing = default, TimeProvider? time = null, PumpOptions? options = null)
    {
        Bus = CanBus.Private(timing, time);
        Host = Bus.Join("host");
        Host.Start(s_patience);
        Port = new BusPort(Bus, "guest", s_patience, watch: time is null);
        Bench = new DeviceBench(new CanDevice(Port, offered, access), features, options: options);
        Guest = new CanGuest(Bench);
    }

    public CanBus Bus { get; }

    public CanStation Host { get; }

    public BusPort Port { get; }

    public DeviceBench Bench { get; }

    public CanGuest Guest { get; }

    public CanStationStatus GuestStation => Bus.Stations.Single(static station => station.Name == "guest");

    public List<CanFrame> HostReceives()
    {
        List<CanFrame> frames = [];
        while (Host.TryReceive(out CanFrame frame)) { frames.Add(frame); }
        return frames;
    }

    public void Dispose() => Bench.Dispose();
}
