using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Finds a ring's areas, which vhost-user names by the frontend's own addresses, in guest memory.</summary>
internal static class RingPlace
{
    /// <summary>The guest addresses of a ring whose size and addresses are known.</summary>
    /// <exception cref="SessionFailedException">An area lies outside the memory, or is not aligned.</exception>
    internal static RingAddresses Resolve(Vring ring, bool packed, GuestMemory memory)
    {
        var address = ring.Address!.Value;
        ulong size = ring.Size;
        return packed
            ? new(Find(ring, memory, "descriptor ring", address.Descriptors, 16 * size, 16),
                Find(ring, memory, "driver event area", address.Available, 4, 4),
                Find(ring, memory, "device event area", address.Used, 4, 4))
            : new(Find(ring, memory, "descriptor table", address.Descriptors, 16 * size, 16),
                Find(ring, memory, "available ring", address.Available, 6 + (2 * size), 2),
                Find(ring, memory, "used ring", address.Used, 6 + (8 * size), 4));
    }

    /// <summary>The used index in a split ring's memory.</summary>
    internal static ushort ReadUsedIndex(Vring ring, GuestMemory memory)
    {
        var at = Find(ring, memory, "used index", ring.Address!.Value.Used + 2, sizeof(ushort), 2);
        var window = memory.Windows.First(w => at - w.GuestAddress < w.Length);
        return BinaryPrimitives.ReadUInt16LittleEndian(window.Mapping.GetSpan(at - window.GuestAddress, sizeof(ushort)));
    }

    private static ulong Find(Vring ring, GuestMemory memory, string area, ulong address, ulong length, ulong alignment)
    {
        if (!memory.TryUserToGuest(address, length, out var guest))
            throw new SessionFailedException($"ring {ring.Index}: its {area}, {length} bytes at user address 0x{address:x}, is not in the shared memory");
        return guest % alignment == 0
            ? guest
            : throw new SessionFailedException($"ring {ring.Index}: its {area} at guest address 0x{guest:x} is not aligned to {alignment}");
    }
}
