using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Memory;

/// <summary>A range of guest memory that is mapped here.</summary>
/// <param name="GuestAddress">Guest-physical address of the first byte.</param>
/// <param name="UserAddress">The frontend's own virtual address of the first byte (vhost-user names rings by it); 0 where there is none.</param>
/// <param name="Mapping">The window's bytes; its length is the window's. Owned by whoever made the window.</param>
public sealed record MemoryWindow(ulong GuestAddress, ulong UserAddress, Mapping Mapping)
{
    /// <summary>Length in bytes.</summary>
    public ulong Length => Mapping.Length;
}
