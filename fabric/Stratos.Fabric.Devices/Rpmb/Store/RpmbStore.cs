using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>
/// Key, write counter and blocks, changed by atomic commits: whatever ends the process or the power, and when, the next
/// owner finds all of a commit or nothing of it. One thread at a time; no call but opening allocates.
/// </summary>
/// <remarks>
/// <para>The order of a commit, in which each step needs the ones before: (1) the record with all data goes into the slot
/// that the last commit did <em>not</em> use; (2) sync: this is the moment of the commit, and it makes durable what the
/// commit before wrote in step 3; (3) the data goes to its blocks, unsynced. Opening takes the newest whole record and does
/// its step 3 again. A torn record is not whole, and the slot beside it then holds the commit before, whose blocks are
/// written again too: step 2 of <em>this</em> commit, which would have made them durable, did not end.</para>
/// <para>When neither slot holds a whole record the store is refused. A key and a counter are never made up anew.</para>
/// </remarks>
public sealed class RpmbStore : IDisposable
{
    private readonly IRpmbMedium _medium;
    private readonly byte[] _block = GC.AllocateArray<byte>(RpmbBlock.Length, pinned: true);
    private RpmbRecord _current;
    private RpmbRecord _next;
    private bool _pending;
    private bool _broken;

    private RpmbStore(IRpmbMedium medium, int units, RpmbRecord current, RpmbRecord next) =>
        (_medium, Units, _current, _next) = (medium, units, current, next);

    /// <summary>Capacity in units of 128 KiB, 1 to 128.</summary>
    public int Units { get; }

    /// <summary>Capacity in blocks of 256 bytes.</summary>
    public int Blocks => Units * RpmbLayout.BlocksPerUnit;

    /// <summary>Whether the key was programmed.</summary>
    public bool HasKey => _current.HasKey;

    /// <summary>The key, or zeroes.</summary>
    public ReadOnlySpan<byte> Key => _current.Key;

    /// <summary>The number of writes that were committed.</summary>
    public uint WriteCounter => _current.WriteCounter;

    /// <summary>The MAC of the last write that was committed, or zeroes: evidence of which one it was.</summary>
    public ReadOnlySpan<byte> LastWriteMac => _current.WriteMac;

    /// <summary>Whether calls never wait for storage; see <see cref="IRpmbMedium.IsImmediate"/>.</summary>
    public bool IsImmediate => _medium.IsImmediate;

    /// <summary>Length in bytes of a store.</summary>
    /// <param name="units">Capacity in units of 128 KiB.</param>
    public static ulong LengthFor(int units) => RpmbLayout.Total(units);

    /// <summary>Makes a new store on a medium of zeroes: no key, counter 0, blocks of zeroes. Durable when it returns.</summary>
    /// <param name="medium">The medium, of <see cref="LengthFor"/> bytes.</param>
    /// <param name="units">Capacity in units of 128 KiB, 1 to 128.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="RpmbStoreException">The medium failed.</exception>
    public static void Format(IRpmbMedium medium, int units, string name)
    {
        ArgumentNullException.ThrowIfNull(medium);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, 128);
        Span<byte> superblock = stackalloc byte[RpmbSuperblock.Length];
        RpmbSuperblock.Write(superblock, units);
        RpmbRecord first = new() { Generation = 1 };
        first.Seal();
        Require(medium.Write(RpmbLayout.SlotOf(1), first.Bytes), name, "write");
        Require(medium.Write(0, superblock), name, "write");
        Require(medium.Sync(), name, "sync");
    }

    /// <summary>Opens a store, and finishes a commit that its last owner did not.</summary>
    /// <param name="medium">The medium; the store's from here on, and disposed here if it is refused.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="RpmbStoreException">It is no store, it is damaged, or the medium failed.</exception>
    public static RpmbStore Open(IRpmbMedium medium, string name)
    {
        ArgumentNullException.ThrowIfNull(medium);
        try
        {
            int units = ReadUnits(medium, name);
            RpmbRecord even = ReadSlot(medium, 0, name);
            RpmbRecord odd = ReadSlot(medium, 1, name);
            if (even.Generation == 0 && odd.Generation == 0)
            {
                throw new RpmbStoreException($"{name} is damaged: neither of its two records is whole. Restore it from a copy; its key and counter are not made up anew.");
            }
            bool evenIsNewer = even.Generation > odd.Generation;
            RpmbStore store = new(medium, units, evenIsNewer ? even : odd, evenIsNewer ? odd : even) { _pending = true };
            Require(store.Apply(), name, "write");
            return store;
        }
        catch
        {
            medium.Dispose();
            throw;
        }
    }

    /// <summary>The capacity that a store on a medium has.</summary>
    /// <exception cref="RpmbStoreException">It is no store, or the medium failed.</exception>
    public static int ReadUnits(IRpmbMedium medium, string name)
    {
        ArgumentNullException.ThrowIfNull(medium);
        Span<byte> superblock = stackalloc byte[RpmbSuperblock.Length];
        Require(medium.Read(0, superblock), name, "read");
        return RpmbSuperblock.ReadUnits(superblock, name);
    }

    /// <summary>Sets the key, for all time. Durable when it returned true.</summary>
    /// <returns>False if it has one, or the medium failed; nothing has changed then.</returns>
    public bool TryProgramKey(ReadOnlySpan<byte> key)
    {
        if (HasKey || !Prepare()) { return false; }
        key.CopyTo(_next.Key);
        _next.HasKey = true;
        return Commit();
    }

    /// <summary>Begins a write: the blocks are filled by <see cref="Staged"/>, and <see cref="TryCommitWrite"/> carries it out.</summary>
    /// <returns>False if the medium has failed; there is no write then.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Beyond the capacity, or more than 255 blocks.</exception>
    public bool TryBeginWrite(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, RpmbLayout.MostBlocks);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Blocks - count);
        if (!Prepare()) { return false; }
        (_next.FirstBlock, _next.BlockCount) = (first, count);
        return true;
    }

    /// <summary>One block of the write that was begun.</summary>
    public Span<byte> Staged(int index) => _next.Block(index);

    /// <summary>Writes all blocks and raises the write counter by one, or does nothing. Durable when it returned true.</summary>
    /// <param name="mac">The write's MAC, kept as evidence that it happened.</param>
    public bool TryCommitWrite(ReadOnlySpan<byte> mac)
    {
        mac.CopyTo(_next.WriteMac);
        _next.WriteCounter = _current.WriteCounter + 1;
        return Commit();
    }

    /// <summary>Reads one block.</summary>
    /// <param name="number">Its number, below <see cref="Blocks"/>.</param>
    /// <param name="data">256 bytes.</param>
    /// <returns>False if the medium failed or the block is damaged.</returns>
    public bool TryRead(int number, Span<byte> data)
    {
        if (Apply() is not Errno.None
            || _medium.Read(RpmbLayout.BlockAt(number), _block) is not Errno.None
            || !RpmbBlock.IsWhole(_block, number))
        {
            return false;
        }
        _block.AsSpan(0, RpmbFrame.BlockLength).CopyTo(data);
        return true;
    }

    /// <summary>Lets go of the medium.</summary>
    public void Dispose() => _medium.Dispose();

    /// <summary>Makes the next record from the current one. The current one's blocks come first: its slot is the next to go.</summary>
    private bool Prepare()
    {
        if (_broken || Apply() is not Errno.None) { return false; }
        _next.ContinueFrom(_current);
        _next.Generation++;
        return true;
    }

    private bool Commit()
    {
        _next.Seal();
        ulong slot = RpmbLayout.SlotOf(_next.Generation);
        if (_medium.Write(slot, _next.Bytes) is not Errno.None || _medium.Sync() is not Errno.None)
        {
            // The driver will hear that nothing was written, so the record must not come to life later.
            _next.Header.Clear();
            // A sync that failed may have dropped what the commit before wrote to its blocks: they are written again.
            _pending = true;
            _broken = _medium.Write(slot, _next.Header) is not Errno.None || _medium.Sync() is not Errno.None;
            return false;
        }
        (_current, _next) = (_next, _current);
        _pending = true;
        Apply();
        return true;
    }

    /// <summary>Brings the current record's data to its blocks, if that was not done yet.</summary>
    private Errno Apply()
    {
        if (!_pending) { return Errno.None; }
        for (int i = 0; i < _current.BlockCount; i++)
        {
            int number = _current.FirstBlock + i;
            _current.Block(i).CopyTo(_block);
            RpmbBlock.Seal(_block, number);
            Errno error = _medium.Write(RpmbLayout.BlockAt(number), _block);
            if (error is not Errno.None) { return error; }
        }
        _pending = false;
        return Errno.None;
    }

    /// <summary>The record of a slot; one of generation 0 if it is torn or foreign.</summary>
    private static RpmbRecord ReadSlot(IRpmbMedium medium, ulong slot, string name)
    {
        RpmbRecord record = new();
        Require(medium.Read(RpmbLayout.SlotOf(slot), record.Header), name, "read");
        if (record.HasSensibleHeader && (record.Generation & 1) == slot)
        {
            Require(medium.Read(RpmbLayout.SlotOf(slot) + RpmbRecord.HeaderLength, record.Data), name, "read");
            if (record.IsWhole()) { return record; }
        }
        record.Header.Clear();
        return record;
    }

    private static void Require(Errno error, string name, string operation)
    {
        if (error is not Errno.None) { throw new RpmbStoreException($"{name} cannot be used: to {operation} it failed with {error}. Look at the file's storage."); }
    }
}
