namespace Stratos.Fabric.Linux.Tests.Memory;

/// <summary>Huge pages have to be set aside by the machine's owner; without any, the refusal is what is tested.</summary>
public sealed class HugePageTests
{
    [Fact]
    public void Ranges_are_rounded_to_the_files_own_pages()
    {
        Assert.Equal(new PageRange(0x200000, 0x400000, 0x1000, 0x200000), PageRange.Around(0x201000, 0x200000, 0x200000));
        Assert.Equal(new PageRange(0, 4096, 10, 1), PageRange.Around(10, 1, 4096));
        Assert.Throws<OverflowException>(() => PageRange.Around(ulong.MaxValue, ulong.MaxValue, 4096));
    }

    [Fact]
    public void A_file_of_huge_pages_is_mapped_in_whole_ones_and_survives_being_cut()
    {
        using MemoryFile file = MemoryFile.Create("huge", 1, seal: false, hugePages: true);
        ulong page = file.PageSize;
        Assert.True(page > (ulong)Environment.SystemPageSize);
        file.SetLength(2 * page);
        Assert.Equal(2 * page, file.Length);
        if (TryMap(file, page - 4096) is not { } mapping) { return; }

        mapping.Span.Fill(3);
        file.SetLength(page);
        Assert.Equal(3, mapping.Span[0]);
        Assert.Equal(0, mapping.Span[5000]);
        Assert.True(mapping.IsFaulted);
        Assert.Equal(0, mapping.Span[0]);
        mapping.Dispose();
    }

    [Fact]
    public void A_sealed_file_of_huge_pages_is_guarded_as_pages_can_be_punched_out()
    {
        using MemoryFile file = MemoryFile.Create("huge-sealed", 1, seal: true, hugePages: true);
        if (TryMap(file, 0) is not { } mapping) { return; }
        Assert.Equal(1, MemoryFaultGuard.Count);
        mapping.Revoke();
        Assert.Equal(0, mapping.Span[0]);
        mapping.Dispose();
    }

    private static Mapping? TryMap(MemoryFile file, ulong offset)
    {
        try
        {
            return file.Map(offset, 8192, MemoryAccess.ReadWrite);
        }
        catch (LinuxException refusal)
        {
            Assert.Equal(("mmap", Errno.ENOMEM), (refusal.Operation, refusal.Error));
            return null;
        }
    }
}
