using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VirtioPci;

namespace Stratos.GuestDriver;

/// <summary>A virtio RPMB device as a channel: each frame a buffer of its own, as the specification has it.</summary>
internal sealed class VirtioRpmbChannel : IRpmbChannel, IDisposable
{
    private const int MostFrames = 128;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly PciDriver _driver;
    private readonly PciQueue _queue;
    private readonly GuestBuffer _request;
    private readonly GuestBuffer _response;

    public VirtioRpmbChannel(ulong features)
    {
        _driver = VirtioDevices.Open(VirtioDeviceId.Rpmb, features);
        _queue = _driver.AddQueue(0);
        _request = _driver.Heap.Allocate(MostFrames * RpmbFrame.Length, 4096);
        _response = _driver.Heap.Allocate(MostFrames * RpmbFrame.Length, 4096);
        _driver.Start();
        Span<byte> configuration = stackalloc byte[3];
        _driver.ReadConfiguration(0, configuration);
        (Capacity, MostWrite, MostRead) = (configuration[0], configuration[1], configuration[2]);
    }

    /// <summary>Capacity in units of 128 KiB.</summary>
    public int Capacity { get; }

    /// <summary>The most blocks in one write.</summary>
    public int MostWrite { get; }

    /// <summary>The most blocks in one read.</summary>
    public int MostRead { get; }

    public int Exchange(ReadOnlySpan<byte> request, Span<byte> response)
    {
        request.CopyTo(_request.Span);
        _response.Span[..response.Length].Clear();
        List<DriverBuffer> buffers = [];
        for (int at = 0; at < request.Length; at += RpmbFrame.Length) { buffers.Add(_request.Slice(at, Math.Min(RpmbFrame.Length, request.Length - at)).ToDevice); }
        for (int at = 0; at < response.Length; at += RpmbFrame.Length) { buffers.Add(_response.Slice(at, RpmbFrame.Length).FromDevice); }
        if (!_queue.Ring.TryAdd([.. buffers], 0)) { throw new IOException("The ring has no room for the request."); }
        _queue.Kick();
        if (!_queue.WaitForUsed(s_patience)) { throw new TimeoutException($"The device did not answer within {s_patience.TotalSeconds} s{(_driver.NeedsDeviceReset ? "; it asks for a reset" : "")}."); }
        _queue.Ring.TryTake(out _, out uint written);
        _response.Span[..(int)written].CopyTo(response);
        return (int)written;
    }

    public void Dispose()
    {
        _driver.Dispose();
        _queue.Dispose();
    }
}
