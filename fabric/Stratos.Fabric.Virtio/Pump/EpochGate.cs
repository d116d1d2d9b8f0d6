using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>
/// The right to serve a session. A page of shared memory holds the session's current epoch; an owner whose epoch is not
/// the current one any more must not touch a ring.
/// </summary>
/// <remarks>This is the second line of defence. The first is that an old owner is dead before a new epoch begins.</remarks>
public sealed unsafe class EpochGate
{
    private readonly Mapping? _page;
    private readonly ulong _epoch;

    private EpochGate(Mapping? page, ulong epoch) => (_page, _epoch) = (page, epoch);

    /// <summary>A right that never ends: that of a session that is not kept by anybody else.</summary>
    public static EpochGate Always { get; } = new(null, 0);

    /// <summary>The right to serve in <paramref name="epoch"/>, as long as the first 8 bytes of <paramref name="page"/> say so. The page stays the caller's.</summary>
    /// <exception cref="ArgumentException">The page is shorter than 8 bytes or not aligned to 8.</exception>
    public static EpochGate For(Mapping page, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page.Length >= sizeof(ulong) && page.Address % sizeof(ulong) == 0 ? new(page, epoch)
            : throw new ArgumentException($"An epoch page needs {sizeof(ulong)} aligned bytes and got {page.Length} at {page.Address:#x}.", nameof(page));
    }

    /// <summary>The epoch of this right; 0 for <see cref="Always"/>.</summary>
    public ulong Epoch => _epoch;

    /// <summary>Whether the right still holds. Any thread; one load.</summary>
    /// <remarks>Acquire: what follows in program order (ring accesses) cannot be moved before this check.</remarks>
    public bool IsCurrent => _page is null || Volatile.Read(ref *(ulong*)_page.Address) == _epoch;
}
