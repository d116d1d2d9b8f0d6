namespace Stratos.Fabric.Linux.Tests.Memory;

public sealed class MemoryFileTests
{
    private static readonly ulong s_page = (ulong)Environment.SystemPageSize;

    [Fact]
    public void A_sealed_file_keeps_its_length()
    {
        using MemoryFile file = MemoryFile.Create("sealed", 3 * s_page);
        Assert.Equal(3 * s_page, file.Length);
        Assert.True(file.IsShrinkSealed);
        Assert.True(file.Seals.HasFlag(MemorySeals.Shrink | MemorySeals.Grow | MemorySeals.Seal));
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => file.SetLength(s_page)).Error);
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => file.SetLength(9 * s_page)).Error);
        Assert.Equal(Errno.EPERM, Assert.Throws<LinuxException>(() => file.AddSeals(MemorySeals.Write)).Error);
    }

    [Fact]
    public void An_unsealed_file_can_change_and_be_sealed_later()
    {
        using MemoryFile file = MemoryFile.Create("open", 100, seal: false);
        Assert.Equal(100UL, file.Length);
        Assert.False(file.IsShrinkSealed);
        file.SetLength(5000);
        Assert.Equal(5000UL, file.Length);
        file.AddSeals(MemorySeals.Shrink);
        Assert.True(file.IsShrinkSealed);
        Assert.Equal(Errno.EFBIG, Assert.Throws<LinuxException>(() => file.SetLength(ulong.MaxValue)).Error);
    }

    [Fact]
    public void A_plain_file_has_no_seals_and_can_be_mapped()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, [1, 2, 3, 4]);
        using (MemoryFile file = MemoryFile.FromDescriptor(FileIo.OpenFile(path, OpenFlags.ReadWrite), "plain"))
        {
            Assert.Equal(MemorySeals.None, file.Seals);
            Assert.False(file.IsShrinkSealed);
            using Mapping mapping = file.Map(1, 2, MemoryAccess.ReadWrite);
            Assert.Equal([2, 3], mapping.Span.ToArray());
            mapping.Span[0] = 9;
        }
        Assert.Equal([1, 9, 3, 4], File.ReadAllBytes(path));
        File.Delete(path);
    }

    [Fact]
    public void What_cannot_be_mapped_is_refused_and_closed()
    {
        using EventFd line = EventFd.Create();
        using FileDescriptor nothing = FileIo.OpenFile("/dev/null", OpenFlags.ReadWrite);
        foreach (FileDescriptor descriptor in new[] { line.Descriptor, nothing })
        {
            FileDescriptor passed = descriptor.Duplicate();
            LinuxException refusal = Assert.Throws<LinuxException>(() => MemoryFile.FromDescriptor(passed, "region 0"));
            Assert.Equal((Errno.ENODEV, "region 0"), (refusal.Error, refusal.Target));
            Assert.True(passed.IsClosed);
        }
    }

    /// <summary>Nobody waits for a process behind a file system: procfs stands for all that no disk of this machine holds.</summary>
    [Fact]
    public void A_peers_file_is_memory_or_lies_on_a_local_disk()
    {
        FileDescriptor served = FileIo.OpenFile("/proc/self/maps", OpenFlags.ReadOnly);
        LinuxException refusal = Assert.Throws<LinuxException>(() => MemoryFile.FromPeer(served, "guest memory"));
        Assert.Contains("use a memfd", refusal.Message, StringComparison.Ordinal);
        Assert.True(served.IsClosed);
        using MemoryFile memory = MemoryFile.Create("memory", s_page);
        MemoryFile.FromPeer(memory.Descriptor.Duplicate(), "guest memory").Dispose();
        string shared = $"/dev/shm/{Guid.NewGuid():N}";
        MemoryFile.FromPeer(FileIo.OpenFile(shared, OpenFlags.ReadWrite | OpenFlags.Create), "guest memory").Dispose();
        File.Delete(shared);
        using EventFd line = EventFd.Create();
        Assert.Contains("it is a", Assert.Throws<LinuxException>(() => MemoryFile.FromPeer(line.Descriptor.Duplicate(), "guest memory")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_mapping_of_a_read_only_descriptor_is_refused()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[10]);
        using MemoryFile file = MemoryFile.FromDescriptor(FileIo.OpenFile(path, OpenFlags.ReadOnly), "read-only");
        File.Delete(path);
        LinuxException refusal = Assert.Throws<LinuxException>(() => file.Map(MemoryAccess.ReadWrite));
        Assert.Equal("mmap of 'read-only' failed: EACCES (Permission denied)", refusal.Message);
        file.Map(MemoryAccess.Read).Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 8193)]
    [InlineData(8192, 1)]
    [InlineData(8193, 1)]
    [InlineData(1, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 2)]
    public void A_range_outside_the_file_is_refused(ulong offset, ulong length)
    {
        using MemoryFile file = MemoryFile.Create("small", 8192);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Map(offset, length, MemoryAccess.Read));
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => MemoryFile.Create(new string('n', 300), 1)).Error);
        Assert.Throws<ArgumentException>(() => MemoryFile.Create("", 1));
    }

    [Fact]
    public void Two_processes_views_are_one_memory()
    {
        using MemoryFile file = MemoryFile.Create("shared", 2 * s_page);
        using MemoryFile peer = MemoryFile.FromDescriptor(file.Descriptor.Duplicate());
        using Mapping ours = file.Map(MemoryAccess.ReadWrite);
        using Mapping theirs = peer.Map(s_page, s_page, MemoryAccess.Read);
        ours.GetSpan(s_page + 5, 1)[0] = 77;
        Assert.Equal(77, theirs.Span[5]);
    }
}
