using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>Virtio 1.4, section 2.7, played by hand.</summary>
internal sealed class PlayedSplitDevice(DriverBench bench) : PlayedDevice
{
    private ushort _next;
    private ushort _used;

    public override PlayedRequest? Fetch()
    {
        var areas = bench.Ring.Addresses;
        if (Volatile.Read(ref bench.At<ushort>(areas.Driver + 2)) == _next)
            return null;
        var head = bench.At<ushort>(areas.Driver + 4 + (2 * (ulong)(_next++ % bench.Size)));
        var buffers = new List<DriverBuffer>();
        var (table, index, descriptors) = (areas.Descriptors, head, 0);
        while (true)
        {
            var descriptor = table + (16 * (ulong)index);
            var flags = bench.At<ushort>(descriptor + 12);
            descriptors += table == areas.Descriptors ? 1 : 0;
            if ((flags & 4) != 0)
            {
                (table, index) = (bench.At<ulong>(descriptor), 0);
                continue;
            }
            buffers.Add(BufferAt(bench, descriptor, flags));
            if ((flags & 1) == 0)
                return new(head, descriptors, buffers);
            index = bench.At<ushort>(descriptor + 14);
        }
    }

    public override void Use(PlayedRequest request, uint written) => UseBatch([request], written);

    public override void UseBatch(IReadOnlyList<PlayedRequest> requests, uint writtenByLast) =>
        UseRaw(requests[^1].Id, writtenByLast, requests.Count);

    /// <summary>Writes one used element and moves the used index by <paramref name="count"/>.</summary>
    public void UseRaw(uint id, uint written, int count)
    {
        var areas = bench.Ring.Addresses;
        var element = areas.Device + 4 + (8 * (ulong)(_used % bench.Size));
        bench.At<uint>(element) = id;
        bench.At<uint>(element + 4) = written;
        _used += (ushort)count;
        Volatile.Write(ref bench.At<ushort>(areas.Device + 2), _used);
    }
}
