using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Driver;

/// <summary>One indirect descriptor table for each id of a ring (virtio 1.4, sections 2.7.5.3 and 2.8.7), in guest memory.</summary>
internal sealed unsafe class IndirectTables
{
    private const int DescriptorLength = 16;
    private readonly GuestBuffer _memory;

    private IndirectTables(GuestBuffer memory, int capacity) => (_memory, Capacity) = (memory, capacity);

    /// <summary>The most elements that a table has.</summary>
    public int Capacity { get; }

    /// <summary>Makes the tables, or null where they were not negotiated or not wanted.</summary>
    public static IndirectTables? For(GuestHeap heap, int size, ulong features, int capacity)
    {
        capacity = Math.Min(capacity, size);
        return capacity < 2 || (features & VirtioFeatures.IndirectDescriptors) == 0
            ? null
            : new(heap.Allocate(size * capacity * DescriptorLength), capacity);
    }

    /// <summary>Whether a request of so many elements goes through its table.</summary>
    public bool Takes(int elements) => elements >= 2 && elements <= Capacity;

    /// <summary>Guest-physical address of an id's table.</summary>
    public ulong AddressOf(ushort id) => _memory.Address + (ulong)(id * Capacity * DescriptorLength);

    /// <summary>Length in bytes of a table with so many elements.</summary>
    public static uint LengthOf(int elements) => (uint)(elements * DescriptorLength);

    /// <summary>The table of an id.</summary>
    public byte* TableOf(ushort id) => _memory.Pointer + (id * Capacity * DescriptorLength);
}
