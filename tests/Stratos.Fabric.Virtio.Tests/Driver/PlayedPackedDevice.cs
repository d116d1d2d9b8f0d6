using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>Virtio 1.4, section 2.8, played by hand.</summary>
internal sealed class PlayedPackedDevice(DriverBench bench) : PlayedDevice
{
    private int _next;
    private bool _nextWrap = true;
    private int _used;
    private bool _usedWrap = true;

    public override PlayedRequest? Fetch()
    {
        var flags = Volatile.Read(ref bench.At<ushort>(Descriptor(_next) + 14));
        if (((flags & 0x80) != 0) != _nextWrap || ((flags & 0x8000) != 0) == _nextWrap)
            return null;
        var buffers = new List<DriverBuffer>();
        var descriptors = 0;
        while (true)
        {
            var descriptor = Descriptor(_next);
            flags = bench.At<ushort>(descriptor + 14);
            descriptors++;
            if ((flags & 4) != 0)
                AddTable(bench.At<ulong>(descriptor), bench.At<uint>(descriptor + 8), buffers);
            else
                buffers.Add(BufferAt(bench, descriptor, flags));
            Pass(ref _next, ref _nextWrap, 1);
            if ((flags & 1) == 0)
                return new(bench.At<ushort>(descriptor + 12), descriptors, buffers);
        }
    }

    public override void Use(PlayedRequest request, uint written) => UseBatch([request], written);

    public override void UseBatch(IReadOnlyList<PlayedRequest> requests, uint writtenByLast) =>
        UseRaw(requests[^1].Id, writtenByLast, requests.Sum(request => request.Descriptors));

    /// <summary>Writes one used descriptor and moves on by <paramref name="descriptors"/>.</summary>
    public void UseRaw(ushort id, uint written, int descriptors)
    {
        var descriptor = Descriptor(_used);
        bench.At<uint>(descriptor + 8) = written;
        bench.At<ushort>(descriptor + 12) = id;
        Volatile.Write(ref bench.At<ushort>(descriptor + 14), (ushort)((_usedWrap ? 0x8080 : 0) | (written > 0 ? 2 : 0)));
        Pass(ref _used, ref _usedWrap, descriptors);
    }

    private void AddTable(ulong table, uint length, List<DriverBuffer> buffers)
    {
        for (var entry = table; entry < table + length; entry += 16)
            buffers.Add(BufferAt(bench, entry, bench.At<ushort>(entry + 14)));
    }

    private void Pass(ref int slot, ref bool wrap, int descriptors)
    {
        slot += descriptors;
        if (slot < bench.Size)
            return;
        slot -= bench.Size;
        wrap = !wrap;
    }

    private ulong Descriptor(int slot) => bench.Ring.Addresses.Descriptors + (16 * (ulong)slot);
}
