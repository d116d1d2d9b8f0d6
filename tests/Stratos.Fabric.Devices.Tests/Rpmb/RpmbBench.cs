using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>An RPMB device of one unit (512 blocks) behind real rings, on simulated storage with its faults.</summary>
internal sealed class RpmbBench : IDisposable, IRpmbChannel
{
    private readonly DeviceBench _bench;

    public RpmbBench(ulong features = GuestWorld.Split, RpmbLimits? limits = null, PumpOptions? options = null, uint counter = 0, bool programmed = true)
    {
        Medium = new(BoardMemory.Private((int)RpmbStore.LengthFor(1)));
        RpmbStore.Format(Medium, 1, "test");
        if (counter != 0) { StoreImages.SetCounter(Medium, Frames.Key, counter); }
        _bench = new DeviceBench(new RpmbDevice(() => Medium, 1, limits ?? new(8, 8), "test"), features, queueSize: 32, options);
        if (programmed && counter == 0) { Ask([.. Frames.ProgramKey(), .. Frames.ResultRead()]); }
    }

    public SimulatedRpmbMedium Medium { get; }

    public DeviceBench Bench => _bench;

    public IReadOnlyList<string> Warnings => _bench.Port.Warnings;

    /// <summary>Sends frames, each as a buffer of its own as the specification has it, and takes the response.</summary>
    public Answer Ask(byte[] frames, int room = 1) => new(Exchange(frames, room * RpmbFrame.Length));

    public byte[] Exchange(byte[] readable, int writable)
    {
        List<DriverBuffer> buffers = [];
        for (int at = 0; at < readable.Length; at += RpmbFrame.Length)
        {
            buffers.Add(_bench.Buffer(readable.AsSpan(at, Math.Min(RpmbFrame.Length, readable.Length - at))).ToDevice);
        }
        GuestBuffer? response = writable == 0 ? null : _bench.Buffer(writable);
        if (response is { } room) { buffers.Add(room.FromDevice); }
        uint written = _bench.Do(0, [.. buffers]);
        return response is { } got ? got.Span[..(int)written].ToArray() : [];
    }

    public int Exchange(ReadOnlySpan<byte> request, Span<byte> response)
    {
        byte[] got = Exchange(request.ToArray(), response.Length);
        got.CopyTo(response);
        return got.Length;
    }

    public void Dispose() => _bench.Dispose();
}
