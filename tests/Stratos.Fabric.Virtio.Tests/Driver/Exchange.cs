using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>A random exchange between a driver ring and a played device, with an account of every request.</summary>
internal sealed class Exchange(ulong features, ushort size, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<ulong, DriverBuffer[]> _sent = [];
    private readonly Dictionary<ulong, uint> _expected = [];
    private readonly List<PlayedRequest> _held = [];

    /// <summary>Sends requests until so many have come back, then lets the rest come back.</summary>
    public void Run(int count)
    {
        using var bench = new DriverBench(size, features);
        var device = PlayedDevice.For(bench, features);
        ulong next = 0;
        while (next < (ulong)count || _sent.Count > 0)
        {
            if (next < (ulong)count)
                next = Send(bench.Ring, next);
            while (_held.Count < 2 * size && device.Fetch() is { } request)
                Hold(request);
            Complete(device);
            Take(bench.Ring);
        }
        Assert.Equal((0, (int)size), (bench.Ring.InFlight, bench.Ring.FreeDescriptors));
    }

    private ulong Send(DriverRing ring, ulong next)
    {
        for (var batch = _random.Next(1, 8); batch > 0; batch--)
        {
            var elements = new DriverBuffer[_random.Next(1, Math.Min(size, (ushort)12) + 1)];
            var firstWritable = _random.Next(elements.Length + 1);
            for (var i = 0; i < elements.Length; i++)
                elements[i] = new((next << 20) + ((ulong)i << 12), (uint)_random.Next(1, 4096), i >= firstWritable);
            if (!ring.TryAdd(elements, next))
                break;
            _sent.Add(next++, elements);
        }
        ring.Publish();
        return next;
    }

    private void Hold(PlayedRequest request)
    {
        var cookie = request.Buffers[0].Address >> 20;
        Assert.Equal(_sent[cookie], request.Buffers);
        _held.Add(request);
    }

    private void Complete(PlayedDevice device)
    {
        for (var some = _random.Next(_held.Count + 1); some > 0 && _held.Count > 0;)
        {
            if ((features & VirtioFeatures.InOrder) != 0)
            {
                var batch = _held.GetRange(0, _random.Next(1, some + 1));
                _held.RemoveRange(0, batch.Count);
                some -= batch.Count;
                var written = 0U;
                foreach (var request in batch)
                    written = Expect(request, request == batch[^1]);
                device.UseBatch(batch, written);
            }
            else
            {
                var request = _held[_random.Next(_held.Count)];
                _held.Remove(request);
                some--;
                device.Use(request, Expect(request, partly: true));
            }
        }
    }

    private uint Expect(PlayedRequest request, bool partly)
    {
        var writable = (uint)request.Buffers.Where(buffer => buffer.DeviceWritable).Sum(buffer => buffer.Length);
        return _expected[request.Buffers[0].Address >> 20] = partly ? (uint)_random.NextInt64(writable + 1) : writable;
    }

    private void Take(DriverRing ring)
    {
        while (ring.TryTake(out var cookie, out var written))
        {
            Assert.True(_sent.Remove(cookie), $"Request {cookie} came back twice (seed {seed}).");
            Assert.Equal(_expected[cookie], written);
        }
    }
}
