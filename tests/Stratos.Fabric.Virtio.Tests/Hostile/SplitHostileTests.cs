using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Hostile;

/// <summary>Each rule for drivers in virtio 1.4, section 2.7, that can be broken from memory.</summary>
public sealed class SplitHostileTests
{
    private const ulong WithIndirect = VirtioFeatures.IndirectDescriptors;

    private static readonly HostileCase[] s_cases =
    [
        new("2.7.4.2 readable after writable", 0, ring =>
        {
            ring.Descriptor(0, ring.Data, 8, RawRing.Write | RawRing.Next, 1);
            ring.Descriptor(1, ring.Data, 8);
            ring.Avail(1, 0);
        }, "device-readable buffer at"),
        new("2.7.5 buffer outside memory", 0, ring => Single(ring, ring.End, 8), "is not in guest memory"),
        new("2.7.5 buffer runs out of memory", 0, ring => Single(ring, ring.End - 4, 8), "is not in guest memory"),
        new("2.7.5 buffer below memory", 0, ring => Single(ring, 0, 8), "is not in guest memory"),
        new("2.7.5 buffer wraps around the address space", 0, ring => Single(ring, ulong.MaxValue - 3, 8), "is not in guest memory"),
        new("2.7.5 next out of range", 0, ring =>
        {
            ring.Descriptor(0, ring.Data, 8, RawRing.Next, 16);
            ring.Avail(1, 0);
        }, "goes on at descriptor 16 of a table of 16"),
        new("2.7.5.2 loop", 0, ring =>
        {
            ring.Descriptor(0, ring.Data, 8, RawRing.Next, 1);
            ring.Descriptor(1, ring.Data, 8, RawRing.Next, 0);
            ring.Avail(1, 0);
        }, "more than 16 descriptors"),
        new("2.7.5.2 descriptor that is its own next", 0, ring =>
        {
            ring.Descriptor(3, ring.Data, 8, RawRing.Next, 3);
            ring.Avail(1, 3);
        }, "more than 16 descriptors"),
        new("2.7.5.2 longer than 2^32 bytes", 0, ring =>
        {
            ring.Descriptor(0, ring.Data, 8, RawRing.Next, 1);
            ring.Descriptor(1, ring.Data, uint.MaxValue);
            ring.Avail(1, 0);
        }, "longer than 4294967296 bytes"),
        new("2.7.5.2 in-order next out of sequence is followed", VirtioFeatures.InOrder, ring =>
        {
            ring.Descriptor(0, ring.Data, 8, RawRing.Next, 5);
            ring.Descriptor(5, ring.Data, 8, RawRing.Write);
            ring.Avail(1, 0);
        }, null, Served: 1),
        new("2.7.5.3.1 indirect without the feature", 0, ring => IndirectTable(ring, 16, 0), "was not negotiated"),
        new("2.7.5.3.1 indirect within indirect", WithIndirect, ring => IndirectTable(ring, 16, RawRing.Indirect), "indirect table within an indirect table"),
        new("2.7.5.3.1 indirect and next", WithIndirect, ring =>
        {
            ring.Descriptor(0, ring.Data, 16, RawRing.Indirect | RawRing.Next, 1);
            ring.Avail(1, 0);
        }, "is not its last descriptor"),
        new("2.7.5.3.1 empty indirect table", WithIndirect, ring => IndirectTable(ring, 0, 0), "has 0 bytes"),
        new("2.7.5.3.1 indirect table with a part of a descriptor", WithIndirect, ring => IndirectTable(ring, 24, 0), "has 24 bytes"),
        new("2.7.5.3.1 indirect table outside memory", WithIndirect, ring =>
        {
            ring.Descriptor(0, ring.End, 16, RawRing.Indirect);
            ring.Avail(1, 0);
        }, "indirect table at"),
        new("2.7.5.3.1 indirect table runs out of memory", WithIndirect, ring =>
        {
            ring.Descriptor(0, ring.End - 16, 32, RawRing.Indirect);
            ring.Avail(1, 0);
        }, "indirect table at"),
        new("2.7.5.3.1 indirect table wraps around the address space", WithIndirect, ring =>
        {
            ring.Descriptor(0, ulong.MaxValue - 15, 32, RawRing.Indirect);
            ring.Avail(1, 0);
        }, "indirect table at"),
        new("2.7.5.3.1 loop in an indirect table", WithIndirect, ring => IndirectTable(ring, 16, RawRing.Next), "more than 16 descriptors"),
        new("2.7.5.3.1 next beyond an indirect table", WithIndirect, ring =>
        {
            ring.Descriptor(ring.Data, 0, ring.Data, 8, RawRing.Next, 1);
            ring.Descriptor(0, ring.Data, 16, RawRing.Indirect);
            ring.Avail(1, 0);
        }, "goes on at descriptor 1 of a table of 1"),
        new("2.7.5.3.1 chain in a table longer than the queue", WithIndirect, ring =>
        {
            for (int i = 0; i < 17; i++) { ring.Descriptor(ring.Data, i, ring.Data, 8, i < 16 ? RawRing.Next : 0, i + 1); }
            ring.Descriptor(0, ring.Data, 17 * 16, RawRing.Indirect);
            ring.Avail(1, 0);
        }, "more than 16 descriptors"),
        new("2.7.6 head out of range", 0, ring =>
        {
            Single(ring, ring.Data, 8);
            ring.Avail(1, 16);
        }, "names descriptor 16 in a queue of 16"),
        new("2.7.6 head made available twice", 0, ring =>
        {
            ring.Descriptor(2, ring.Data, 8);
            ring.Avail(2, 2, 2);
        }, "descriptor 2 was made available again"),
        new("2.7.6.1 index goes back", 0, ring => ring.Avail(-1), "65535 ahead in a queue of 16"),
        new("2.7.6.1 index jumps more than the queue", 0, ring => ring.Avail(17), "17 ahead in a queue of 16"),
        new("2.7.7.1 available flags that mean nothing", 0, ring =>
        {
            Single(ring, ring.Data, 8);
            ring.Flags(0xFFFE);
        }, null, Served: 1),
    ];

    /// <summary>The rules.</summary>
    public static TheoryData<string> Rules => [.. s_cases.Select(test => test.Rule)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Breaking_a_rule_fails_the_ring_with_a_reason(string rule) => s_cases.Single(test => test.Rule == rule).Check();

    [Theory]
    [InlineData(8UL, 0UL, 0UL, "descriptor table")]
    [InlineData(0UL, 1UL, 0UL, "available ring")]
    [InlineData(0UL, 0UL, 2UL, "used ring")]
    public void Section_2_7_areas_that_are_not_aligned_fail_the_ring(ulong table, ulong driver, ulong device, string area) =>
        new HostileCase("", 0, _ => { }, $"the {area} at").Check(setup => setup with { Addresses = Shift(setup.Addresses, table, driver, device) });

    [Theory]
    [InlineData(1UL << 40, 0UL, 0UL, "descriptor table")]
    [InlineData(0UL, 1UL << 40, 0UL, "available ring")]
    [InlineData(0UL, 0UL, 1UL << 40, "used ring")]
    public void Section_2_7_areas_outside_memory_fail_the_ring(ulong table, ulong driver, ulong device, string area) =>
        new HostileCase("", 0, _ => { }, $"the {area} at").Check(setup => setup with { Addresses = Shift(setup.Addresses, table, driver, device) });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(12)]
    public void Section_2_7_sizes_that_are_no_power_of_two_fail_the_ring(int size) =>
        new HostileCase("", 0, _ => { }, "which is not a power of two").Check(setup => setup with { Size = (ushort)size });

    [Fact]
    public void An_empty_buffer_is_served() =>
        new HostileCase("", 0, ring => Single(ring, 0, 0), null, Served: 1).Check();

    internal static RingAddresses Shift(RingAddresses addresses, ulong descriptors, ulong driver, ulong device) =>
        new(addresses.Descriptors + descriptors, addresses.Driver + driver, addresses.Device + device);

    private static void Single(RawRing ring, ulong address, uint length)
    {
        ring.Descriptor(0, address, length);
        ring.Avail(1, 0);
    }

    private static void IndirectTable(RawRing ring, uint length, int flags)
    {
        ring.Descriptor(ring.Data, 0, ring.Data, 8, flags);
        ring.Descriptor(0, ring.Data, length, RawRing.Indirect);
        ring.Avail(1, 0);
    }
}
