using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>A device behind real pumps and rings, and its driver's side. Every queue runs.</summary>
internal sealed class DeviceBench : IDisposable, IDeviceEvents
{
    private readonly Dictionary<int, QueueState> _states = [];
    private readonly Dictionary<(int Queue, ulong Cookie), uint> _taken = [];
    private readonly bool _ownsWorld;
    private ulong _cookie;
    private int _configChanges;

    public DeviceBench(VirtioDevice device, ulong features = GuestWorld.Split, ushort queueSize = 16, PumpOptions? options = null)
        : this(device, new GuestWorld(device, features | device.Features, queueSize), options) => _ownsWorld = true;

    public DeviceBench(VirtioDevice device, GuestWorld world, PumpOptions? options = null)
    {
        World = world;
        Port = new LocalDevicePort("dut", device, options);
        Port.Perform(new DeviceOperation.Attach(world.State, this));
        for (int i = 0; i < world.Rings.Length; i++) { StartQueue(i); }
    }

    public GuestWorld World { get; }

    public LocalDevicePort Port { get; }

    public int ConfigChanges => Volatile.Read(ref _configChanges);

    public void StartQueue(int queue) =>
        Port.Perform(new DeviceOperation.StartQueue(World.Setup(queue) with { State = _states.GetValueOrDefault(queue, QueueState.Initial) }));

    public void StopQueue(int queue) => _states[queue] = Port.Perform(new DeviceOperation.StopQueue(queue));

    public byte[] ReadConfig(int offset, int length) => Port.Perform(new DeviceOperation.ReadConfig(offset, length));

    public void WriteConfig(int offset, params byte[] bytes) => Port.Perform(new DeviceOperation.WriteConfig(offset, bytes));

    public GuestBuffer Buffer(int length) => World.Heap.Allocate(length);

    public GuestBuffer Buffer(ReadOnlySpan<byte> content)
    {
        GuestBuffer buffer = World.Heap.Allocate(content.Length);
        content.CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>Posts a request and returns its cookie.</summary>
    public ulong Post(int queue, params ReadOnlySpan<DriverBuffer> buffers)
    {
        Assert.True(World.Rings[queue].TryAdd(buffers, ++_cookie), "The ring has no room.");
        if (World.Rings[queue].Publish()) { World.Kicks[queue].Signal(); }
        return _cookie;
    }

    /// <summary>Waits for a request to be used and returns the number of bytes written.</summary>
    public uint Await(int queue, ulong cookie)
    {
        WaitFor.Condition(() => IsUsed(queue, cookie), $"request {cookie} of queue {queue}; ends: {string.Join(", ", Port.Ends)}");
        Assert.True(_taken.Remove((queue, cookie), out uint written));
        return written;
    }

    public bool IsUsed(int queue, ulong cookie)
    {
        while (World.Rings[queue].TryTake(out ulong done, out uint written)) { _taken.Add((queue, done), written); }
        return _taken.ContainsKey((queue, cookie));
    }

    /// <summary>Posts a request and waits for it.</summary>
    public uint Do(int queue, params ReadOnlySpan<DriverBuffer> buffers) => Await(queue, Post(queue, buffers));

    public void Dispose()
    {
        Port.Dispose();
        if (_ownsWorld) { World.Dispose(); }
    }

    void IDeviceEvents.ConfigChanged() => Interlocked.Increment(ref _configChanges);

    void IDeviceEvents.QueueFailed(int index, string reason) { }
}
