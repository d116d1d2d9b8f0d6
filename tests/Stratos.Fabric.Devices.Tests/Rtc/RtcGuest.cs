using System.Buffers.Binary;
using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>A driver of an RTC device whose clocks stand until the test moves them.</summary>
internal sealed class RtcGuest : IDisposable
{
    public const byte Ok = 0, NotSupported = 2, NoDevice = 3, Invalid = 4, IoError = 5;

    public static readonly ClockName[] AllClocks =
        [ClockName.Utc, ClockName.Tai, ClockName.Monotonic, ClockName.Smeared, ClockName.SmearedSls, ClockName.MaybeSmeared];

    private static readonly ClockName[] s_alarms = [ClockName.Utc, ClockName.Smeared];
    private readonly GuestWorld? _world;
    private long _now = 1_000_000_000;

    public RtcGuest(ulong features = GuestWorld.Split, IReadOnlyList<ClockName>? clocks = null, IReadOnlyList<ClockName>? alarms = null,
        bool keepAlarms = true, bool negotiateAlarms = true, RtcCounter counter = RtcCounter.X86TimeStamp, PumpOptions? options = null)
    {
        Board = ClockBoard.Private(() => Volatile.Read(ref _now));
        Clocks = clocks ?? AllClocks;
        Device = new RtcDevice(new SimulatedClocks(Board, Clocks, counter), (alarms ?? s_alarms).Select(clock => Clocks.ToList().IndexOf(clock)), keepAlarms);
        _world = negotiateAlarms ? null : new GuestWorld(Device, features);
        Bench = _world is null ? new DeviceBench(Device, features, options: options) : new DeviceBench(Device, _world, options);
    }

    public IReadOnlyList<ClockName> Clocks { get; }

    public ClockBoard Board { get; }

    public RtcDevice Device { get; }

    public DeviceBench Bench { get; }

    /// <summary>Lets time pass on the board.</summary>
    public void Pass(TimeSpan time) => Interlocked.Add(ref _now, (long)time.TotalNanoseconds);

    public static byte[] Head(int type, int length)
    {
        byte[] request = new byte[length];
        BinaryPrimitives.WriteUInt16LittleEndian(request, (ushort)type);
        return request;
    }

    public static byte[] About(int type, int clock, byte argument = 0)
    {
        byte[] request = Head(type, 16);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(8), (ushort)clock);
        request[10] = argument;
        return request;
    }

    public static byte[] SetAlarmRequest(int clock, ulong time, bool enabled)
    {
        byte[] request = Head(0x1004, 24);
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(8), time);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(16), (ushort)clock);
        request[18] = enabled ? (byte)1 : (byte)0;
        return request;
    }

    /// <summary>Sends a request with some room for the response and returns what was written.</summary>
    public byte[] Send(byte[] request, int room = 24)
    {
        GuestBuffer response = Bench.Buffer(room);
        response.Span.Fill(0xEE);
        uint written = Bench.Do(0, Bench.Buffer(request).ToDevice, response.FromDevice);
        Assert.False(response.Span[(int)written..].ContainsAnyExcept((byte)0xEE), "The device wrote beyond what it reported.");
        return response.Span[..(int)written].ToArray();
    }

    public byte StatusOf(byte[] request, int room = 24) => Send(request, room)[0];

    public ulong Read(int clock)
    {
        byte[] response = Send(About(0x0001, clock));
        Assert.Equal((Ok, 16), (response[0], response.Length));
        return BinaryPrimitives.ReadUInt64LittleEndian(response.AsSpan(8));
    }

    public (ulong Time, ulong Cycles) Cross(int clock, RtcCounter counter)
    {
        byte[] response = Send(About(0x0002, clock, (byte)counter));
        Assert.Equal((Ok, 24), (response[0], response.Length));
        return (BinaryPrimitives.ReadUInt64LittleEndian(response.AsSpan(8)), BinaryPrimitives.ReadUInt64LittleEndian(response.AsSpan(16)));
    }

    public void SetAlarm(int clock, ulong time, bool enabled = true) => Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], Send(SetAlarmRequest(clock, time, enabled)));

    public void EnableAlarm(int clock, bool enabled) => Assert.Equal(Ok, StatusOf(About(0x1005, clock, enabled ? (byte)1 : (byte)0)));

    public (ulong Time, bool Enabled) ReadAlarm(int clock)
    {
        byte[] response = Send(About(0x1003, clock));
        Assert.Equal((Ok, 24), (response[0], response.Length));
        Assert.False(response.AsSpan(17).ContainsAnyExcept((byte)0));
        return (BinaryPrimitives.ReadUInt64LittleEndian(response.AsSpan(8)), response[16] == 1);
    }

    /// <summary>Makes a buffer for a notification available.</summary>
    public PostedBuffer PostAlarmBuffer(int length = 16)
    {
        GuestBuffer buffer = Bench.Buffer(length);
        buffer.Span.Fill(0xEE);
        return new(this, Bench.Post(1, buffer.FromDevice), buffer);
    }

    public void Dispose()
    {
        Bench.Dispose();
        _world?.Dispose();
    }

    /// <summary>A buffer of the alarmq.</summary>
    internal sealed record PostedBuffer(RtcGuest Guest, ulong Cookie, GuestBuffer Buffer)
    {
        public bool IsUsed => Guest.Bench.IsUsed(1, Cookie);

        /// <summary>Waits for the notification and returns the number of its clock.</summary>
        public int Clock()
        {
            uint written = Guest.Bench.Await(1, Cookie);
            Assert.Equal(16u, written);
            Assert.Equal([0x00, 0x20, 0, 0, 0, 0, 0, 0], Buffer.Span[..8].ToArray());
            Assert.False(Buffer.Span[10..16].ContainsAnyExcept((byte)0));
            return BinaryPrimitives.ReadUInt16LittleEndian(Buffer.Span[8..]);
        }
    }
}
