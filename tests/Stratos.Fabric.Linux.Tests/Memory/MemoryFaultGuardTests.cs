using System.Diagnostics;

namespace Stratos.Fabric.Linux.Tests.Memory;

public sealed class MemoryFaultGuardTests
{
    private const int Pages = 16;
    private static readonly int s_page = Environment.SystemPageSize;
    private static readonly ulong s_length = (ulong)(Pages * s_page);

    [Fact]
    public void A_read_of_a_cut_file_sees_zeroes()
    {
        using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        mapping.Span.Fill(0xAB);
        file.SetLength(0);

        Assert.False(mapping.IsFaulted);
        Assert.Equal(0, mapping.Span[5 * s_page]);
        Assert.True(mapping.IsFaulted);
        Assert.Equal(-1, mapping.Span.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_write_to_a_cut_file_goes_to_private_memory()
    {
        using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        file.SetLength((ulong)s_page);

        mapping.Span[3 * s_page] = 7;
        mapping.Span[0] = 9;

        Assert.True(mapping.IsFaulted);
        Assert.Equal(7, mapping.Span[3 * s_page]);
        Span<byte> first = stackalloc byte[1];
        Assert.Equal(1, FileIo.ReadAt(file.Descriptor, first, 0).Bytes);
        Assert.Equal(0, first[0]);
    }

    [Fact]
    public void A_read_only_mapping_stays_read_only_after_a_fault()
    {
        using MemoryFile file = MemoryFile.Create("read-only-cut", s_length, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.Read);
        file.SetLength(0);

        Assert.Equal(0, mapping.Span[1]);
        string address = mapping.Address.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        string line = File.ReadLines("/proc/self/maps").Single(line => line.StartsWith(address, StringComparison.Ordinal));
        Assert.Contains("r--p", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectorised_copies_and_atomic_operations_survive_too()
    {
        using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
        byte[] copy = new byte[s_length];
        copy.AsSpan().Fill(1);
        using (Mapping source = file.Map(MemoryAccess.Read))
        {
            file.SetLength(0);
            source.Span.CopyTo(copy);
            Assert.True(source.IsFaulted);
        }
        Assert.Equal(-1, copy.AsSpan().IndexOfAnyExcept((byte)0));

        file.SetLength(s_length);
        using Mapping target = file.Map(MemoryAccess.ReadWrite);
        file.SetLength(0);
        ref int word = ref System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(target.Span)[s_page / 4];
        Assert.Equal(1, Interlocked.Increment(ref word));
        Assert.True(target.IsFaulted);
    }

    [Fact]
    public void An_access_over_the_end_of_the_file_is_whole_afterwards()
    {
        using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        file.SetLength((ulong)s_page);

        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(mapping.GetSpan((ulong)s_page - 4, 8), ulong.MaxValue);

        Assert.Equal(ulong.MaxValue, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(mapping.GetSpan((ulong)s_page - 4, 8)));
    }

    [Fact]
    public void Many_threads_fault_at_once_while_the_collector_runs()
    {
        const int Rounds = 200;
        const int Threads = 8;
        using Barrier barrier = new(Threads + 1);
        Mapping? mapping = null;
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() => Touch(index)))];
        foreach (Thread thread in threads) { thread.Start(); }

        for (int round = 0; round < Rounds; round++)
        {
            using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
            mapping = file.Map(MemoryAccess.ReadWrite);
            mapping.Span.Fill(0xFF);
            file.SetLength(0);
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            if (round % 10 == 0) { GC.Collect(); }
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            Assert.True(mapping.IsFaulted);
            mapping.Dispose();
            Assert.True(mapping.IsFaulted);
        }
        foreach (Thread thread in threads) { thread.Join(); }
        Assert.Equal(0, wrong);
        Assert.Equal(0, MemoryFaultGuard.Count);

        void Touch(int index)
        {
            for (int round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait();
                for (int page = 0; page < Pages; page++)
                {
                    object garbage = new byte[64];
                    if (mapping!.Span[(page * s_page) + index] != 0) { Interlocked.Increment(ref wrong); }
                    mapping.Span[(page * s_page) + index] = (byte)(garbage is byte[] ? 0 : 1);
                }
                barrier.SignalAndWait();
            }
        }
    }

    [Fact]
    public void A_file_cut_and_grown_again_and_again_under_readers_kills_nobody()
    {
        using MemoryFile file = MemoryFile.Create("flapping", s_length, seal: false);
        long deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        int faults = 0;
        Thread peer = new(() =>
        {
            while (Stopwatch.GetTimestamp() < deadline)
            {
                file.SetLength(0);
                file.SetLength(s_length);
            }
        });
        peer.Start();
        while (Stopwatch.GetTimestamp() < deadline)
        {
            Mapping mapping;
            try { mapping = file.Map(0, s_length, MemoryAccess.ReadWrite); }
            catch (ArgumentOutOfRangeException) { continue; }
            for (int page = 0; page < Pages; page++) { mapping.Span[page * s_page]++; }
            if (mapping.IsFaulted) { faults++; }
            mapping.Dispose();
        }
        peer.Join();
        Assert.True(faults > 0, "the peer never cut the file at the right moment");
    }

    [Fact]
    public void A_system_call_on_a_cut_mapping_fails_with_a_value()
    {
        using MemoryFile file = MemoryFile.Create("cut", s_length, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        using MemoryFile other = MemoryFile.Create("whole", s_length);
        file.SetLength(0);

        IoVector vector = new(mapping.Address, (nuint)s_page);
        Assert.Equal(Errno.EFAULT, FileIo.ReadVector(other.Descriptor, [vector], 0).Error);
        Assert.Equal(Errno.EFAULT, mapping.Populate());
        Assert.False(mapping.IsFaulted);
    }

    [Fact]
    public void A_full_table_refuses_and_recovers()
    {
        using MemoryFile file = MemoryFile.Create("many", (ulong)s_page, seal: false);
        List<Mapping> mappings = [];
        while (MemoryFaultGuard.Count < MemoryFaultGuard.Capacity) { mappings.Add(file.Map(MemoryAccess.Read)); }

        LinuxException refusal = Assert.Throws<LinuxException>(() => file.Map(MemoryAccess.Read));
        Assert.Equal(Errno.ENOSPC, refusal.Error);

        mappings[500].Dispose();
        using Mapping again = file.Map(MemoryAccess.Read);
        file.SetLength(0);
        Assert.Equal(0, mappings[^1].Span[0]);
        Assert.Equal(0, again.Span[0]);
        Assert.True(mappings[^1].IsFaulted);
        Assert.True(again.IsFaulted);
        Assert.False(mappings[3].IsFaulted);
        foreach (Mapping mapping in mappings) { mapping.Dispose(); }
    }

    [Fact]
    public void Sealed_files_take_no_room_in_the_table()
    {
        using MemoryFile file = MemoryFile.Create("sealed", (ulong)s_page);
        using Mapping mapping = file.Map(MemoryAccess.Read);
        Assert.Equal(0, MemoryFaultGuard.Count);
        Assert.False(mapping.IsFaulted);
    }
}
