using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux.Tests.Threads;

public sealed class SharedWordTests
{
    [Fact]
    public void A_word_that_has_changed_already_is_not_waited_for()
    {
        uint[] memory = GC.AllocateArray<uint>(1, pinned: true);
        SharedWord.Advance(ref memory[0]);
        Assert.Equal(1u, memory[0]);
        Assert.True(SharedWord.Wait(ref memory[0], 0, Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Time_runs_out_where_nothing_changes()
    {
        uint[] memory = GC.AllocateArray<uint>(1, pinned: true);
        Assert.False(SharedWord.Wait(ref memory[0], 0, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void Whoever_waits_through_another_mapping_of_the_file_is_woken()
    {
        using MemoryFile file = MemoryFile.Create("word", 4096);
        using Mapping here = file.Map(MemoryAccess.ReadWrite);
        using Mapping there = file.Map(MemoryAccess.ReadWrite);
        uint seen = 0;
        Thread waiter = new(() =>
        {
            while (Volatile.Read(ref Word(there)) == 0) { SharedWord.Wait(ref Word(there), 0, Timeout.InfiniteTimeSpan); }
            seen = Volatile.Read(ref Word(there));
        });
        waiter.Start();
        SharedWord.Advance(ref Word(here));
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(1u, seen);
    }

    private static ref uint Word(Mapping mapping) => ref MemoryMarshal.AsRef<uint>(mapping.GetSpan(8, sizeof(uint)));
}
