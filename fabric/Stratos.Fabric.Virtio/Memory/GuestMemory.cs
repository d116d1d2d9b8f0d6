using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Memory;

/// <summary>
/// Guest memory as an immutable set of windows. A change of the guest's memory makes a new set; queues are stopped with
/// the old one and started with the new one.
/// </summary>
/// <remarks>All members may be called from any thread; translation allocates nothing.</remarks>
public sealed class GuestMemory
{
    private readonly MemoryWindow[] _windows;
    private readonly GuestRange[] _ranges;
    private readonly MemoryWindow[] _byUserAddress;
    private readonly Mapping[] _guarded;
    private bool _revoked;

    /// <summary>Makes a set. The windows stay the caller's, who keeps them mapped while a queue uses the set.</summary>
    /// <exception cref="ArgumentException">Windows overlap, or one wraps around the end of the address space; the message names them.</exception>
    public GuestMemory(IEnumerable<MemoryWindow> windows)
    {
        _windows = [.. windows.OrderBy(window => window.GuestAddress)];
        _byUserAddress = [.. _windows.Where(window => window.UserAddress != 0).OrderBy(window => window.UserAddress)];
        RequireDistinct(_windows, window => window.GuestAddress, "guest");
        RequireDistinct(_byUserAddress, window => window.UserAddress, "user");
        _ranges = [.. _windows.Select(window => new GuestRange(window.GuestAddress, window.Length, window.Mapping.Address))];
        _guarded = [.. _windows.Select(window => window.Mapping).Distinct()];
    }

    /// <summary>Memory without windows.</summary>
    public static GuestMemory Empty { get; } = new([]);

    /// <summary>The windows, by ascending guest address.</summary>
    public IReadOnlyList<MemoryWindow> Windows => _windows;

    /// <summary>True after <see cref="Revoke"/>.</summary>
    public bool IsRevoked => Volatile.Read(ref _revoked);

    /// <summary>
    /// True once a window was found to be cut short or was taken away: what was read from this memory since is not the
    /// guest's. One load a window.
    /// </summary>
    public bool IsFaulted
    {
        get
        {
            foreach (Mapping mapping in _guarded)
            {
                if (mapping.IsFaulted || mapping.IsRevoked) { return true; }
            }
            return IsRevoked;
        }
    }

    /// <summary>
    /// Takes the memory away from everybody who uses it through this process: translations fail from now on, and
    /// addresses that were translated before lead to private zero pages. Pumps see it at their next batch and end.
    /// Idempotent.
    /// </summary>
    public void Revoke()
    {
        Volatile.Write(ref _revoked, true);
        foreach (Mapping mapping in _guarded) { mapping.Revoke(); }
    }

    /// <summary>Translates a range that lies in one window, or in several that touch in the guest and in this process alike.</summary>
    /// <param name="guestAddress">Guest-physical address of the first byte.</param>
    /// <param name="length">Length in bytes; an empty range must still lie in a window.</param>
    /// <param name="address">The first byte in this process.</param>
    /// <returns>False if a byte of the range is in no window, the range wraps around, or the memory was revoked.</returns>
    public bool TryTranslate(ulong guestAddress, ulong length, out nint address)
    {
        address = 0;
        if (IsRevoked || !TryFind(guestAddress, out int index)) { return false; }
        address = _ranges[index].Translate(guestAddress);
        ulong reach = _ranges[index].BytesFrom(guestAddress);
        while (reach < length)
        {
            if (++index == _ranges.Length || !_ranges[index].Continues(_ranges[index - 1])) { return false; }
            if (_ranges[index].Host != _ranges[index - 1].HostEnd) { return false; }
            reach += _ranges[index].Length;
        }
        return true;
    }

    /// <summary>Finds the window that holds a guest address.</summary>
    /// <param name="guestAddress">The address.</param>
    /// <param name="range">The window's range.</param>
    /// <returns>False if no window holds it, or the memory was revoked.</returns>
    internal bool TryFindRange(ulong guestAddress, out GuestRange range)
    {
        bool found = TryFind(guestAddress, out int index);
        range = found ? _ranges[index] : default;
        return found && !IsRevoked;
    }

    /// <summary>Translates a frontend's user address, by which vhost-user names rings, into a guest address.</summary>
    /// <param name="userAddress">The frontend's virtual address of the first byte.</param>
    /// <param name="length">Length in bytes; the whole range must lie in one window.</param>
    /// <param name="guestAddress">Guest-physical address of the first byte.</param>
    /// <returns>False if a byte of the range is in no window or the range wraps around.</returns>
    public bool TryUserToGuest(ulong userAddress, ulong length, out ulong guestAddress)
    {
        guestAddress = 0;
        foreach (MemoryWindow window in _byUserAddress)
        {
            ulong offset = userAddress - window.UserAddress;
            if (userAddress < window.UserAddress || offset >= window.Length) { continue; }
            if (length > window.Length - offset) { return false; }
            guestAddress = window.GuestAddress + offset;
            return true;
        }
        return false;
    }

    private bool TryFind(ulong guestAddress, out int index)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            index = (low + high) >>> 1;
            if (guestAddress < _ranges[index].Start) { high = index - 1; }
            else if (guestAddress - _ranges[index].Start >= _ranges[index].Length) { low = index + 1; }
            else { return true; }
        }
        index = -1;
        return false;
    }

    private static void RequireDistinct(MemoryWindow[] sorted, Func<MemoryWindow, ulong> start, string kind)
    {
        for (int i = 0; i < sorted.Length; i++)
        {
            ulong first = start(sorted[i]);
            ulong last = unchecked(first + sorted[i].Length - 1);
            if (sorted[i].Length == 0 || last < first)
            {
                throw new ArgumentException($"The window at {kind} address {first:#x} with {sorted[i].Length:#x} bytes is empty or wraps around the end of the address space.");
            }
            if (i + 1 < sorted.Length && start(sorted[i + 1]) <= last)
            {
                throw new ArgumentException(
                    $"The windows at {kind} addresses {first:#x} ({sorted[i].Length:#x} bytes) and {start(sorted[i + 1]):#x} ({sorted[i + 1].Length:#x} bytes) overlap.");
            }
        }
    }
}
