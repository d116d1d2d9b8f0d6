namespace Stratos.Fabric.Linux.Tests.Memory;

public sealed class MappingTests
{
    private static readonly ulong s_page = (ulong)Environment.SystemPageSize;

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 1)]
    [InlineData(4095, 2)]
    [InlineData(5000, 9000)]
    [InlineData(16383, 1)]
    public void An_unaligned_part_starts_at_its_own_byte(int offset, int length)
    {
        using MemoryFile file = MemoryFile.Create("numbers", 16384);
        using Mapping whole = file.Map(MemoryAccess.ReadWrite);
        for (int i = 0; i < 16384; i++) { whole.Span[i] = (byte)(i * 7); }

        using Mapping part = file.Map((ulong)offset, (ulong)length, MemoryAccess.Read);

        Assert.Equal((ulong)length, part.Length);
        Assert.True(part.Span.SequenceEqual(whole.Span.Slice(offset, length)));
    }

    [Fact]
    public void Views_are_bounded()
    {
        using MemoryFile file = MemoryFile.Create("bounded", s_page);
        using Mapping mapping = file.Map(10, 100, MemoryAccess.Read);
        Assert.Equal(0, mapping.GetSpan(100, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.GetSpan(0, 101).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.GetSpan(101, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.GetSpan(ulong.MaxValue, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapping.GetSpan(0, -1).Length);
    }

    [Fact]
    public void A_mapping_outlives_its_files_descriptor()
    {
        Mapping mapping;
        using (MemoryFile file = MemoryFile.Create("gone", s_page)) { mapping = file.Map(MemoryAccess.ReadWrite); }
        mapping.Span[0] = 1;
        Assert.Equal(1, mapping.Span[0]);
        mapping.Dispose();
        mapping.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mapping.Span.Length);
        Assert.Throws<ObjectDisposedException>(mapping.Revoke);
        Assert.Throws<ObjectDisposedException>(() => mapping.Populate());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Revoking_replaces_the_pages_and_leaves_the_file_alone(bool seal)
    {
        using MemoryFile file = MemoryFile.Create("revoked", 4 * s_page, seal);
        using Mapping witness = file.Map(MemoryAccess.Read);
        using Mapping mapping = file.Map(100, 3 * s_page, MemoryAccess.ReadWrite);
        mapping.Span.Fill(5);

        mapping.Revoke();
        mapping.Revoke();

        Assert.True(mapping.IsRevoked);
        Assert.False(mapping.IsFaulted);
        Assert.Equal(-1, mapping.Span.IndexOfAnyExcept((byte)0));
        mapping.Span.Fill(6);
        Assert.Equal(-1, witness.GetSpan(100, (int)mapping.Length).IndexOfAnyExcept((byte)5));
    }

    [Fact]
    public void Revoking_under_busy_readers_and_writers_never_faults_and_never_reaches_the_file_again()
    {
        const int Rounds = 200;
        using MemoryFile file = MemoryFile.Create("busy", 8 * s_page);
        using Mapping witness = file.Map(MemoryAccess.ReadWrite);
        for (int round = 0; round < Rounds; round++)
        {
            Mapping mapping = file.Map(MemoryAccess.ReadWrite);
            using ManualResetEventSlim started = new();
            bool stop = false;
            Thread writer = new(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    mapping.Span.Fill(1);
                    started.Set();
                }
            });
            writer.Start();
            started.Wait(TestContext.Current.CancellationToken);
            mapping.Revoke();
            witness.Span.Clear();
            Volatile.Write(ref stop, true);
            writer.Join();
            Assert.Equal(-1, witness.Span.IndexOfAnyExcept((byte)0));
            mapping.Dispose();
        }
    }

    [Fact]
    public void Populating_brings_the_pages_in()
    {
        using MemoryFile file = MemoryFile.Create("populated", 8 * s_page);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        Assert.Equal(0UL, FileIo.GetStatus(file.Descriptor).AllocatedBytes);
        Assert.Equal(Errno.None, mapping.Populate());
        Assert.Equal(8 * s_page, FileIo.GetStatus(file.Descriptor).AllocatedBytes);
    }
}
