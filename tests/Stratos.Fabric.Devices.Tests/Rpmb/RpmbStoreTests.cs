using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>The store's promise: all of a commit or nothing of it, whatever ends it.</summary>
public sealed class RpmbStoreTests
{
    private static readonly byte[] s_mac = [.. Enumerable.Range(0, 32).Select(static i => (byte)(i * 3))];

    [Fact]
    [Proves("rpmb", "Data, counter and key change together or not at all, at every step and with torn sectors", "5.12.6.2")]
    public void A_loss_of_power_at_every_step_leaves_the_old_or_the_new_state()
    {
        int steps = RunUntil(int.MaxValue, 0).Steps;
        Assert.True(steps > 40, $"Only {steps} steps.");
        for (int death = 1; death <= steps; death++)
        {
            for (int seed = 0; seed < CampaignSize.Of(12, 200); seed++) { RunUntil(death, seed); }
        }
    }

    [Fact]
    public void A_loss_of_power_during_recovery_loses_nothing()
    {
        for (int seed = 0; seed < CampaignSize.Of(60, 1000); seed++)
        {
            byte[] disk = Formatted();
            // Committed, and dead before any block was written.
            PowerLossMedium first = new(disk);
            using (RpmbStore store = RpmbStore.Open(first, "disk")) { Write(store, 0, 4, 1); }
            for (int attempt = 1; attempt < 12; attempt++)
            {
                try
                {
                    RpmbStore.Open(new PowerLossMedium(disk, attempt, seed + attempt), "disk").Dispose();
                }
                catch (PowerLostException)
                {
                    // It is opened again.
                }
            }
            using RpmbStore last = RpmbStore.Open(new PowerLossMedium(disk), "disk");
            Assert.Equal(1u, last.WriteCounter);
            AssertBlocks(last, 0, 4, 1, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(0, "is not an RPMB store")]
    [InlineData(8, "version")]
    [InlineData(12, "damaged in its first 512 bytes")]
    [InlineData(100, "damaged in its first 512 bytes")]
    public void A_damaged_superblock_is_refused_and_not_made_up_anew(int at, string why)
    {
        byte[] disk = Formatted();
        disk[at] ^= 0x40;
        Assert.Contains(why, Assert.Throws<RpmbStoreException>(() => RpmbStore.Open(new PowerLossMedium(disk), "disk")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_record_is_replaced_by_the_one_before_and_two_are_refused()
    {
        byte[] disk = Formatted();
        using (RpmbStore store = RpmbStore.Open(new PowerLossMedium(disk), "disk"))
        {
            Write(store, 0, 2, 1);
            Write(store, 1, 2, 7);
            Assert.True(store.TryProgramKey(Frames.Key));
        }
        Flip(disk, RpmbLayout.SlotOf(4) + 33);
        using (RpmbStore older = RpmbStore.Open(new PowerLossMedium(disk), "disk"))
        {
            Assert.Equal((2u, false), (older.WriteCounter, older.HasKey));
            AssertBlocks(older, 1, 2, 7, "the record before");
        }
        Flip(disk, RpmbLayout.SlotOf(3) + 600);
        Assert.Contains("neither", Assert.Throws<RpmbStoreException>(() => RpmbStore.Open(new PowerLossMedium(disk), "disk")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_commit_does_not_come_to_life_later()
    {
        BoardMemory board = BoardMemory.Private((int)RpmbStore.LengthFor(1));
        SimulatedRpmbMedium medium = new(board);
        RpmbStore.Format(medium, 1, "test");
        using RpmbStore store = RpmbStore.Open(medium, "test");
        medium.SyncFaults.Enqueue(Errno.EIO);
        Assert.False(TryWrite(store, 0, 1, 5));
        using RpmbStore again = RpmbStore.Open(new SimulatedRpmbMedium(board), "test");
        Assert.Equal(0u, again.WriteCounter);
    }

    [Fact]
    public void A_medium_that_cannot_even_take_a_commit_back_is_not_written_any_more()
    {
        SimulatedRpmbMedium medium = new(BoardMemory.Private((int)RpmbStore.LengthFor(1)));
        RpmbStore.Format(medium, 1, "test");
        using RpmbStore store = RpmbStore.Open(medium, "test");
        medium.SyncFaults.Enqueue(Errno.EIO);
        medium.SyncFaults.Enqueue(Errno.EIO);
        Assert.False(TryWrite(store, 0, 1, 5));
        Assert.False(TryWrite(store, 0, 1, 5));
        Assert.Equal(0u, store.WriteCounter);
        Assert.True(store.TryRead(0, new byte[256]));
    }

    [Fact]
    public void Blocks_that_could_not_be_written_after_a_commit_are_written_before_anything_else()
    {
        SimulatedRpmbMedium medium = new(BoardMemory.Private((int)RpmbStore.LengthFor(1)));
        RpmbStore.Format(medium, 1, "test");
        using RpmbStore store = RpmbStore.Open(medium, "test");
        medium.WriteFaults.Enqueue(Errno.None);
        medium.WriteFaults.Enqueue(Errno.ENOSPC);
        medium.WriteFaults.Enqueue(Errno.ENOSPC);
        Assert.True(TryWrite(store, 0, 1, 5));
        Assert.Equal(1u, store.WriteCounter);
        Assert.False(store.TryRead(0, new byte[256]));
        AssertBlocks(store, 0, 1, 5, "later");
    }

    [Fact]
    public void A_file_is_made_whole_with_the_owner_s_rights_and_kept()
    {
        using TemporaryFolder folder = new();
        string path = folder.In("secrets");
        using (RpmbStore store = RpmbStore.Open(FileRpmbMedium.Open(path, 2), path))
        {
            Assert.True(store.TryProgramKey(Frames.Key));
            Write(store, 1023, 1, 9);
        }
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode);
        Assert.Equal((long)RpmbStore.LengthFor(2), new FileInfo(path).Length);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.Contains("capacity of 2 units", Assert.Throws<RpmbStoreException>(() => FileRpmbMedium.Open(path, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("capacity of 2 units", Assert.Throws<RpmbStoreException>(() => FileRpmbMedium.Check(path, 4)).Message, StringComparison.Ordinal);
        using RpmbStore again = RpmbStore.Open(FileRpmbMedium.Open(path, 2), path);
        Assert.Contains("in use by another device", Assert.Throws<RpmbStoreException>(() => FileRpmbMedium.Open(path, 2)).Message, StringComparison.Ordinal);
        FileRpmbMedium.Check(path, 2);
        Assert.Equal(Frames.Key, again.Key.ToArray());
        Assert.Equal((1u, 1024), (again.WriteCounter, again.Blocks));
        AssertBlocks(again, 1023, 1, 9, path);
    }

    /// <summary>A key, then writes of several blocks, until the power ends; then what is there is compared with what was answered.</summary>
    private static PowerLossMedium RunUntil(int death, int seed)
    {
        byte[] disk = Formatted();
        PowerLossMedium medium = new(disk, death, seed);
        int done = 0;
        try
        {
            using RpmbStore store = RpmbStore.Open(medium, "disk");
            for (; done < 5; done++)
            {
                if (done == 0) { Assert.True(store.TryProgramKey(Frames.Key)); }
                else { Write(store, 3, 3 + done, (byte)(10 * done)); }
            }
        }
        catch (PowerLostException)
        {
            // What was answered is what counts.
        }
        string where = $"death at step {death}, seed {seed}, {done} done";
        using RpmbStore after = RpmbStore.Open(new PowerLossMedium(disk), "disk");
        int state = (after.HasKey ? 1 : 0) + (int)after.WriteCounter;
        Assert.True(state == done || state == done + 1, $"{where}: {state} found");
        Assert.True(after.HasKey || after.WriteCounter == 0, where);
        if (after.WriteCounter > 0) { AssertBlocks(after, 3, 2 + state, (byte)(10 * (state - 1)), where); }
        // A longer write that did not happen left nothing behind.
        byte[] beyond = new byte[256];
        Assert.True(after.TryRead(5 + state, beyond), where);
        Assert.False(beyond.AsSpan().ContainsAnyExcept((byte)0), where);
        return medium;
    }

    private static byte[] Formatted()
    {
        byte[] disk = new byte[RpmbLayout.BlockAt(64)];
        RpmbStore.Format(new PowerLossMedium(disk), 1, "disk");
        return disk;
    }

    private static void Write(RpmbStore store, int first, int count, byte value) => Assert.True(TryWrite(store, first, count, value));

    private static bool TryWrite(RpmbStore store, int first, int count, byte value)
    {
        if (!store.TryBeginWrite(first, count)) { return false; }
        for (int i = 0; i < count; i++) { store.Staged(i).Fill((byte)(value + i)); }
        return store.TryCommitWrite(s_mac);
    }

    private static void AssertBlocks(RpmbStore store, int first, int count, byte value, string where)
    {
        byte[] data = new byte[256];
        for (int i = 0; i < count; i++)
        {
            Assert.True(store.TryRead(first + i, data), $"{where}: block {first + i} cannot be read");
            Assert.False(data.AsSpan().ContainsAnyExcept((byte)(value + i)), $"{where}: block {first + i} holds {data[0]} instead of {value + i}");
        }
    }

    private static void Flip(byte[] disk, ulong at) => disk[at] ^= 1;
}
