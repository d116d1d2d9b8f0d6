using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Memory;

namespace Stratos.Fabric.Virtio.Tests.Memory;

public sealed class GuestMemoryTests : IDisposable
{
    private const ulong Page = 4096;
    private readonly MemoryFile _file = MemoryFile.Create("guest", 4 * Page);
    private readonly List<Mapping> _mappings = [];

    [Fact]
    public void Translates_to_the_bytes_of_the_window()
    {
        GuestMemory memory = new([Window(0x8000, 1, 1), Window(0x1000, 0, 1)]);
        Assert.Equal([0x1000UL, 0x8000UL], memory.Windows.Select(window => window.GuestAddress));
        Assert.True(memory.TryTranslate(0x8010, 16, out nint address));
        Assert.Equal(memory.Windows[1].Mapping.Address + 0x10, address);
        Assert.True(memory.TryTranslate(0x1000, Page, out _));
    }

    [Theory]
    [InlineData(0x0FFFUL, 1UL)]
    [InlineData(0x1000UL, 4097UL)]
    [InlineData(0x1FFFUL, 2UL)]
    [InlineData(0x2000UL, 0UL)]
    [InlineData(0x1000UL, ulong.MaxValue)]
    [InlineData(0x1001UL, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 2UL)]
    public void Refuses_what_is_not_all_in_windows(ulong address, ulong length) =>
        Assert.False(new GuestMemory([Window(0x1000, 0, 1)]).TryTranslate(address, length, out _));

    [Fact]
    public void Windows_may_lie_at_both_ends_of_the_address_space()
    {
        GuestMemory memory = new([Window(0, 0, 1), Window(ulong.MaxValue - Page + 1, 1, 1)]);
        Assert.True(memory.TryTranslate(ulong.MaxValue - 15, 16, out _));
        Assert.False(memory.TryTranslate(ulong.MaxValue - 15, 17, out _));
        Assert.True(memory.TryTranslate(0, Page, out _));
    }

    [Fact]
    public void A_range_over_windows_that_touch_only_in_the_guest_is_no_single_range() =>
        Assert.False(new GuestMemory([Window(0x1000, 2, 1), Window(0x2000, 0, 1)]).TryTranslate(0x1FF0, 32, out _));

    [Theory]
    [InlineData(0x1000UL, 0x1800UL)]
    [InlineData(0x1000UL, 0x1000UL)]
    [InlineData(0x1FFFUL, 0x1000UL)]
    public void Windows_that_overlap_are_refused(ulong first, ulong second)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new GuestMemory([Window(first, 0, 1), Window(second, 1, 1)]));
        Assert.Contains("overlap", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_that_overlap_for_the_frontend_are_refused() =>
        Assert.Throws<ArgumentException>(() => new GuestMemory([Window(0x1000, 0, 1, user: 0x7000), Window(0x5000, 1, 1, user: 0x7800)]));

    [Fact]
    public void A_window_that_wraps_around_is_refused() =>
        Assert.Contains("wraps around", Assert.Throws<ArgumentException>(() => new GuestMemory([Window(ulong.MaxValue - 16, 0, 1)])).Message, StringComparison.Ordinal);

    [Fact]
    public void User_addresses_lead_to_guest_addresses()
    {
        GuestMemory memory = new([Window(0x1000, 0, 1, user: 0x7F00_0000_0000), Window(0x9000, 1, 1, user: 0x1000)]);
        Assert.True(memory.TryUserToGuest(0x7F00_0000_0010, 16, out ulong address));
        Assert.Equal(0x1010UL, address);
        Assert.True(memory.TryUserToGuest(0x1FFF, 1, out address));
        Assert.Equal(0x9FFFUL, address);
        Assert.False(memory.TryUserToGuest(0x1FFF, 2, out _));
        Assert.False(memory.TryUserToGuest(0x0FFF, 1, out _));
        Assert.False(memory.TryUserToGuest(ulong.MaxValue, 2, out _));
    }

    [Fact]
    public void Revoked_memory_translates_nothing_and_leads_to_zeroes()
    {
        GuestMemory memory = new([Window(0x1000, 0, 1)]);
        Mapping mapping = memory.Windows[0].Mapping;
        mapping.GetSpan(0, 1)[0] = 42;
        memory.Revoke();
        memory.Revoke();
        Assert.True(memory.IsRevoked);
        Assert.True(memory.IsFaulted);
        Assert.False(memory.TryTranslate(0x1000, 1, out _));
        Assert.Equal(0, mapping.GetSpan(0, 1)[0]);
    }

    [Fact]
    public void A_dirty_log_marks_each_page_that_a_range_touches()
    {
        using MemoryFile file = MemoryFile.Create("log", 8);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        DirtyLog log = new(mapping);
        log.Mark(0xFFF, 2);
        log.Mark(0x20_000, 1);
        log.Mark(0x5000, 0);
        Assert.Equal(3UL, log.CountMarked());
        Assert.Equal([0b11, 0, 0, 0, 1, 0, 0, 0], mapping.GetSpan(0, 8).ToArray());
        log.Mark(0x3F_000, ulong.MaxValue);
        log.Mark(ulong.MaxValue, 1);
        Assert.Equal(4UL, log.CountMarked());
        Assert.True(log.IsMarked(0x3F_FFF));
        Assert.False(log.IsMarked(0x40_000));
    }

    public void Dispose()
    {
        foreach (Mapping mapping in _mappings) { mapping.Dispose(); }
        _file.Dispose();
    }

    private MemoryWindow Window(ulong guestAddress, ulong page, ulong pages, ulong user = 0)
    {
        Mapping mapping = _file.Map(page * Page, pages * Page, MemoryAccess.ReadWrite);
        _mappings.Add(mapping);
        return new MemoryWindow(guestAddress, user, mapping);
    }
}
