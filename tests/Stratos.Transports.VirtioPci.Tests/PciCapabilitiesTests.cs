using System.Buffers.Binary;

namespace Stratos.Transports.VirtioPci.Tests;

/// <summary>Virtio 1.4, section 4.1.4: finding a device's structures, and what a lying device gets.</summary>
public sealed class PciCapabilitiesTests
{
    [Fact]
    public void Structures_are_found_and_the_first_of_a_kind_counts()
    {
        byte[] space = Space(0x40);
        Capability(space, 0x40, next: 0x54, type: 1, bar: 4, offset: 0, length: 56);
        Capability(space, 0x54, next: 0x70, type: 2, bar: 4, offset: 0x3000, length: 0x1000, multiplier: 4);
        space[0x70] = 0x11; // MSI-X lies between
        space[0x71] = 0x84;
        Capability(space, 0x84, next: 0x98, type: 4, bar: 1, offset: 0x2000, length: 8);
        Capability(space, 0x98, next: 0, type: 1, bar: 2, offset: 8, length: 56);
        PciCapabilities found = PciCapabilities.Parse(space);
        Assert.Equal(new PciPlace(4, 0, 56, 0), found[PciStructure.Common]);
        Assert.Equal(new PciPlace(4, 0x3000, 0x1000, 4), found[PciStructure.Notify]);
        Assert.Equal(new PciPlace(1, 0x2000, 8, 0), found[PciStructure.Device]);
        Assert.Null(found.Find(PciStructure.Interrupt));
        Assert.Contains("Interrupt", Assert.Throws<PciDeviceException>(() => found[PciStructure.Interrupt]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_without_capabilities_has_no_structures()
    {
        byte[] space = Space(0x40);
        space[6] = 0;
        Capability(space, 0x40, next: 0, type: 1, bar: 0, offset: 0, length: 56);
        Assert.Null(PciCapabilities.Parse(space).Find(PciStructure.Common));
    }

    [Fact]
    public void A_list_in_a_circle_ends()
    {
        byte[] space = Space(0x40);
        Capability(space, 0x40, next: 0x40, type: 1, bar: 0, offset: 0, length: 56);
        Assert.NotNull(PciCapabilities.Parse(space).Find(PciStructure.Common));
    }

    [Theory]
    [InlineData(3, 16)]
    [InlineData(16, 6)]
    [InlineData(255, 0)]
    public void Capabilities_that_lie_are_left_out(int length, byte bar)
    {
        byte[] space = Space(0xF0);
        Capability(space, 0xF0, next: 0xFC, type: 1, bar, offset: 0, length: 56);
        space[0xF2] = (byte)length;
        Assert.Null(PciCapabilities.Parse(space).Find(PciStructure.Common));
    }

    [Fact]
    public void Any_bytes_at_all_are_survived()
    {
        Random random = new(7);
        byte[] space = new byte[256];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(space);
            space[6] |= 0x10;
            PciCapabilities.Parse(space);
        }
    }

    private static byte[] Space(byte first)
    {
        byte[] space = new byte[256];
        space[6] = 0x10;
        space[0x34] = first;
        return space;
    }

    private static void Capability(byte[] space, int at, byte next, byte type, byte bar, uint offset, uint length, uint? multiplier = null)
    {
        byte size = multiplier is null ? (byte)16 : (byte)20;
        (space[at], space[at + 1], space[at + 2], space[at + 3], space[at + 4]) = (9, next, size, type, bar);
        if (at + size > space.Length) { return; }
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(at + 8), offset);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(at + 12), length);
        if (multiplier is { } value) { BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(at + 16), value); }
    }
}
