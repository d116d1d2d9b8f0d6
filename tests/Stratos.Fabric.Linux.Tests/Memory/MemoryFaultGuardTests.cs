namespace Stratos.Fabric.Linux.Tests;

public sealed class MemoryFaultGuardTests
{
    private const ulong Pages = 16;
    private static readonly ulong s_page = (ulong)Environment.SystemPageSize;

    [Fact]
    public void A_read_of_a_cut_file_sees_zeroes()
    {
        using MemoryFile file = MemoryFile.Create("cut", Pages * s_page, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        mapping.GetSpan(0, (int)mapping.Length).Fill(0xAB);
        file.SetLength(0);

        Assert.False(mapping.IsFaulted);
        Assert.Equal(0, mapping.GetSpan(5 * s_page, 8)[3]);
        Assert.True(mapping.IsFaulted);
        Assert.Equal(-1, mapping.GetSpan(0, (int)mapping.Length).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_write_to_a_cut_file_goes_to_private_memory()
    {
        using MemoryFile file = MemoryFile.Create("cut", Pages * s_page, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        file.SetLength(s_page);

        mapping.GetSpan(3 * s_page, 1)[0] = 7;
        mapping.GetSpan(0, 1)[0] = 9;

        Assert.True(mapping.IsFaulted);
        Assert.Equal(7, mapping.GetSpan(3 * s_page, 1)[0]);
        Span<byte> first = stackalloc byte[1];
        Assert.Equal(1, FileIo.ReadAt(file.Descriptor, first, 0).Bytes);
        Assert.Equal(0, first[0]);
    }
}
