using System.Buffers.Binary;

namespace Stratos.Transports.VirtioPci;

/// <summary>The virtio structures of a function, found by its list of capabilities (virtio 1.4, section 4.1.4).</summary>
public sealed class PciCapabilities
{
    private const int StatusAt = 6;
    private const ushort HasCapabilities = 0x10;
    private const int FirstPointerAt = 0x34;
    private const byte VendorSpecific = 9;
    private const int ShortLength = 16;

    private readonly Dictionary<PciStructure, PciPlace> _places = [];

    private PciCapabilities()
    {
    }

    /// <summary>Reads the list. The device's claims are checked: a list that loops or leads out of the space ends there.</summary>
    /// <param name="configuration">The function's configuration space, 256 bytes.</param>
    public static PciCapabilities Parse(ReadOnlySpan<byte> configuration)
    {
        PciCapabilities found = new();
        if ((BinaryPrimitives.ReadUInt16LittleEndian(configuration[StatusAt..]) & HasCapabilities) == 0) { return found; }
        int at = configuration[FirstPointerAt] & 0xFC;
        // There is no room for more capabilities than this, so a longer list runs in a circle.
        for (int left = configuration.Length / 4; left > 0 && at >= 0x40 && at + 2 <= configuration.Length; left--)
        {
            if (configuration[at] == VendorSpecific) { found.Add(configuration[at..]); }
            at = configuration[at + 1] & 0xFC;
        }
        return found;
    }

    /// <summary>Where a structure lies.</summary>
    /// <exception cref="PciDeviceException">The function has none: it is no modern virtio device.</exception>
    public PciPlace this[PciStructure structure] => Find(structure)
        ?? throw new PciDeviceException($"The function has no virtio structure {structure}: it is no virtio 1.x device.");

    /// <summary>Where a structure lies, or null if the function has none.</summary>
    public PciPlace? Find(PciStructure structure) => _places.TryGetValue(structure, out PciPlace place) ? place : null;

    private void Add(ReadOnlySpan<byte> capability)
    {
        int length = capability.Length >= 3 ? capability[2] : 0;
        if (length < ShortLength || length > capability.Length || capability[4] > 5) { return; }
        uint multiplier = length >= ShortLength + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(capability[16..]) : 0;
        // The device offers its best place first (section 4.1.4.1).
        _places.TryAdd((PciStructure)capability[3], new PciPlace(
            capability[4], BinaryPrimitives.ReadUInt32LittleEndian(capability[8..]), BinaryPrimitives.ReadUInt32LittleEndian(capability[12..]), multiplier));
    }
}
