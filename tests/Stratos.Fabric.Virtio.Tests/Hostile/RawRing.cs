using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Tests.Bench;

namespace Stratos.Fabric.Virtio.Tests.Hostile;

/// <summary>Writes a ring's memory byte by byte, as a driver that keeps no rule could.</summary>
internal sealed class RawRing
{
    public const ushort Next = 1;
    public const ushort Write = 2;
    public const ushort Indirect = 4;
    public const ushort Available = 1 << 7;
    public const ushort Used = 1 << 15;

    private readonly GuestBench _bench;

    public RawRing(GuestBench bench)
    {
        _bench = bench;
        Data = bench.Heap.Allocate(65536).Address;
    }

    /// <summary>Guest address of 64 KiB that buffers and tables may be in.</summary>
    public ulong Data { get; }

    /// <summary>The first guest address behind all memory.</summary>
    public ulong End => GuestBench.GuestAddress + _bench.Mapping.Length;

    /// <summary>The queue's size.</summary>
    public ushort Size => _bench.Setup.Size;

    /// <summary>Writes an entry of the split descriptor table.</summary>
    public void Descriptor(int index, ulong address, uint length, int flags = 0, int next = 0) =>
        Descriptor(_bench.Setup.Addresses.Descriptors, index, address, length, flags, next);

    /// <summary>Writes an entry of a split table anywhere.</summary>
    public void Descriptor(ulong table, int index, ulong address, uint length, int flags = 0, int next = 0)
    {
        Span<byte> entry = _bench.At(table + ((ulong)index * 16), 16);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, address);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[12..], (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[14..], (ushort)next);
    }

    /// <summary>Makes heads available, from ring entry 0 on, with an index that need not fit.</summary>
    public void Avail(int index, params int[] heads)
    {
        Span<byte> ring = _bench.At(_bench.Setup.Addresses.Driver, 6 + (2 * Size));
        for (int i = 0; i < heads.Length; i++) { BinaryPrimitives.WriteUInt16LittleEndian(ring[(4 + (2 * i))..], (ushort)heads[i]); }
        BinaryPrimitives.WriteUInt16LittleEndian(ring[2..], (ushort)index);
    }

    /// <summary>Writes the available ring's flags.</summary>
    public void Flags(int flags) => BinaryPrimitives.WriteUInt16LittleEndian(_bench.At(_bench.Setup.Addresses.Driver, 2), (ushort)flags);

    /// <summary>Writes the driver event suppression structure.</summary>
    public void DriverEvent(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bench.At(_bench.Setup.Addresses.Driver, 4), value);

    /// <summary>Writes a packed descriptor that is available in the first lap, unless the flags say otherwise.</summary>
    public void Packed(int slot, ulong address, uint length, int id, int flags = 0, bool available = true) =>
        Packed(_bench.Setup.Addresses.Descriptors, slot, address, length, id, flags | (available ? Available : 0));

    /// <summary>Writes a packed descriptor anywhere, with exactly these flags.</summary>
    public void Packed(ulong table, int slot, ulong address, uint length, int id, int flags)
    {
        Span<byte> entry = _bench.At(table + ((ulong)slot * 16), 16);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, address);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[12..], (ushort)id);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[14..], (ushort)flags);
    }
}
