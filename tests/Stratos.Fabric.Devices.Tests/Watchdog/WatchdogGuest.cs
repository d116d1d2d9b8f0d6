using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Simulation;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Watchdog;

/// <summary>A driver of a watchdog whose time passes when the test says so.</summary>
internal sealed class WatchdogGuest : IDisposable
{
    public const byte Ok = 1, Invalid = 2, Locked = 3, NotSupported = 4;

    private readonly GuestWorld? _world;
    private long _now = 10_000_000_000;

    public WatchdogGuest(WatchdogOptions options, ulong features = GuestWorld.Split, ulong? negotiated = null, PumpOptions? pump = null)
    {
        Device = new WatchdogDevice(options, Line, () => Volatile.Read(ref _now), watches: false);
        _world = negotiated is { } some ? new GuestWorld(Device, features | some) : null;
        Bench = _world is null ? new DeviceBench(Device, features, options: pump) : new DeviceBench(Device, _world, pump);
        Pass(200);
    }

    public ResetBoard Line { get; } = ResetBoard.Private();

    public WatchdogDevice Device { get; }

    public DeviceBench Bench { get; }

    /// <summary>Lets milliseconds pass and the device look at the time.</summary>
    public void Pass(int milliseconds)
    {
        Interlocked.Add(ref _now, milliseconds * 1_000_000L);
        bool acts;
        lock (Device.Gate)
        {
            Device.Look();
            acts = Device.TryBeginReset();
        }
        if (acts) { Device.Reset(out _); }
    }

    /// <summary>The ping of the protocol in use; returns the byte that the device wrote.</summary>
    public byte Ping()
    {
        GuestBuffer buffer = Bench.Buffer(8);
        buffer.Span.Fill(0xEE);
        Assert.Equal(1u, Bench.Do(0, buffer.FromDevice));
        Assert.False(buffer.Span[1..].ContainsAnyExcept((byte)0xEE), "The device wrote more than one byte.");
        return buffer.Span[0];
    }

    public byte Ask(int type, uint value = 0, int processor = 0)
    {
        byte[] request = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(request, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), (ushort)processor);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), value);
        return Send(request);
    }

    public byte Send(byte[] request)
    {
        GuestBuffer answer = Bench.Buffer(4);
        answer.Span.Fill(0xEE);
        Assert.Equal(1u, Bench.Do(0, Bench.Buffer(request).ToDevice, answer.FromDevice));
        Assert.False(answer.Span[1..].ContainsAnyExcept((byte)0xEE), "The device wrote more than one byte.");
        return answer.Span[0];
    }

    public uint Config(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bench.ReadConfig(offset, 4));

    public bool IsArmed => (Config(24) & 1) != 0;

    public void Dispose()
    {
        Bench.Dispose();
        _world?.Dispose();
    }
}
