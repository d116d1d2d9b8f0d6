using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Hostile;

/// <summary>Each rule for drivers in virtio 1.4, section 2.8, that can be broken from memory.</summary>
public sealed class PackedHostileTests
{
    private const ulong Packed = VirtioFeatures.RingPacked;
    private const ulong WithIndirect = Packed | VirtioFeatures.IndirectDescriptors;

    private static readonly HostileCase[] s_cases =
    [
        new("2.8.17.1 readable after writable", Packed, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0, RawRing.Write | RawRing.Next);
            ring.Packed(1, ring.Data, 8, 0);
        }, "device-readable buffer at"),
        new("2.8.13 buffer outside memory", Packed, ring => ring.Packed(0, ring.End, 8, 0), "is not in guest memory"),
        new("2.8.13 buffer runs out of memory", Packed, ring => ring.Packed(0, ring.End - 4, 8, 0), "is not in guest memory"),
        new("2.8.13 buffer wraps around the address space", Packed, ring => ring.Packed(0, ulong.MaxValue - 3, 8, 0), "is not in guest memory"),
        new("2.8.13 id out of range", Packed, ring => ring.Packed(0, ring.Data, 8, 16), "buffer id 16 in a queue of 16"),
        new("2.8.13 id that is in flight", Packed, ring =>
        {
            ring.Packed(0, ring.Data, 8, 7);
            ring.Packed(1, ring.Data, 8, 7);
        }, "buffer id 7, which is in flight"),
        new("2.8.17.1 first made available before the rest", Packed, ring => ring.Packed(0, ring.Data, 8, 0, RawRing.Next), "slot 1, which is not available"),
        new("2.8.17.1 rest with another wrap counter", Packed, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0, RawRing.Next);
            ring.Packed(1, ring.Data, 8, 0, RawRing.Used, available: false);
        }, "slot 1, which is not available"),
        new("2.8.17.1 list longer than the ring", Packed, ring =>
        {
            for (int slot = 0; slot < 16; slot++) { ring.Packed(slot, ring.Data, 8, 0, RawRing.Next); }
        }, "more than 16 descriptors"),
        new("2.8.17.1 list longer than what is free", Packed, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0);
            for (int slot = 1; slot < 16; slot++) { ring.Packed(slot, ring.Data, 8, 1, RawRing.Next); }
        }, "more than 15 descriptors, with 1 in flight"),
        new("2.8.17.1 longer than 2^32 bytes", Packed, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0, RawRing.Next);
            ring.Packed(1, ring.Data, uint.MaxValue, 0);
        }, "longer than 4294967296 bytes"),
        new("2.8.19 indirect without the feature", Packed, ring => IndirectTable(ring, 16, 0), "was not negotiated"),
        new("2.8.19 indirect in a list", WithIndirect, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0, RawRing.Next);
            ring.Packed(1, ring.Data, 16, 0, RawRing.Indirect);
        }, "indirect table at"),
        new("2.8.19 indirect and next", WithIndirect, ring =>
        {
            ring.Packed(0, ring.Data, 16, 0, RawRing.Indirect | RawRing.Next);
            ring.Packed(1, ring.Data, 8, 0);
        }, "among 2 descriptors"),
        new("2.8.7 empty indirect table", WithIndirect, ring => IndirectTable(ring, 0, 0), "has 0 bytes"),
        new("2.8.7 indirect table with a part of a descriptor", WithIndirect, ring => IndirectTable(ring, 20, 0), "has 20 bytes"),
        new("2.8.7 indirect table outside memory", WithIndirect, ring => ring.Packed(0, ring.End - 8, 16, 0, RawRing.Indirect), "indirect table at"),
        new("2.8.19 table longer than the queue", WithIndirect, ring =>
        {
            for (int i = 0; i < 17; i++) { ring.Packed(ring.Data, i, ring.Data, 8, 0, 0); }
            ring.Packed(0, ring.Data, 17 * 16, 0, RawRing.Indirect);
        }, "more than 16 descriptors"),
        new("2.8.7 flags in a table other than write are ignored", WithIndirect, ring =>
            IndirectTable(ring, 16, RawRing.Next | RawRing.Indirect | RawRing.Used), null, Served: 1),
        new("2.8.13 used flags in the first lap are not available", Packed, ring =>
            ring.Packed(0, ring.Data, 8, 0, RawRing.Used), null),
        new("2.8.14 reserved event flags", Packed | VirtioFeatures.EventIndex, ring =>
        {
            ring.Packed(0, ring.Data, 8, 0);
            ring.DriverEvent(0xFFFFFFFF);
        }, null, Served: 1),
    ];

    /// <summary>The rules.</summary>
    public static TheoryData<string> Rules => [.. s_cases.Select(test => test.Rule)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Breaking_a_rule_fails_the_ring_with_a_reason(string rule) => s_cases.Single(test => test.Rule == rule).Check();

    [Theory]
    [InlineData(8UL, 0UL, 0UL, "descriptor ring")]
    [InlineData(0UL, 2UL, 0UL, "driver event suppression")]
    [InlineData(0UL, 0UL, 2UL, "device event suppression")]
    [InlineData(1UL << 40, 0UL, 0UL, "descriptor ring")]
    [InlineData(0UL, 1UL << 40, 0UL, "driver event suppression")]
    [InlineData(0UL, 0UL, 1UL << 40, "device event suppression")]
    public void Section_2_8_11_areas_that_are_not_aligned_or_outside_memory_fail_the_ring(ulong ring, ulong driver, ulong device, string area) =>
        new HostileCase("", Packed, _ => { }, $"the {area} at").Check(setup => setup with { Addresses = SplitHostileTests.Shift(setup.Addresses, ring, driver, device) });

    [Fact]
    public void Section_2_8_10_1_an_empty_ring_is_refused() =>
        new HostileCase("", Packed, _ => { }, "the queue's size is 0").Check(setup => setup with { Size = 0 });

    private static void IndirectTable(RawRing ring, uint length, int flags)
    {
        ring.Packed(ring.Data, 0, ring.Data, 8, 0, flags);
        ring.Packed(0, ring.Data, length, 0, RawRing.Indirect);
    }
}
