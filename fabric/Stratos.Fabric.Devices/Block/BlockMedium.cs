using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Block;

/// <summary>What all queues of one block device share: the store, its size as announced to the driver, and whether its data is still there.</summary>
internal sealed class BlockMedium(IBlockStore store, uint blockSize, byte[] serial)
{
    private ulong _sectors = SectorsOf(store, blockSize);
    private bool _lost;

    /// <summary>The host port.</summary>
    public IBlockStore Store => store;

    /// <summary>Whether writes are refused.</summary>
    public bool IsReadOnly { get; } = store.IsReadOnly;

    /// <summary>The 20 bytes that GET_ID answers.</summary>
    public ReadOnlySpan<byte> Serial => serial;

    /// <summary>Capacity in sectors of 512 bytes, a multiple of the block size.</summary>
    public ulong Sectors => Volatile.Read(ref _sectors);

    /// <summary>True when the data was in the memory of a process that is gone: every request fails until the driver resets the device.</summary>
    public bool IsLost => Volatile.Read(ref _lost);

    /// <summary>Whether a range lies within the capacity; no range is too large to ask.</summary>
    public bool Contains(ulong sector, ulong count)
    {
        ulong sectors = Sectors;
        return sector <= sectors && count <= sectors - sector;
    }

    /// <summary>Looks at the store's length again; true if the capacity has changed.</summary>
    public bool Refresh()
    {
        ulong now = SectorsOf(store, blockSize);
        return Interlocked.Exchange(ref _sectors, now) != now;
    }

    /// <summary>Claims the session for this store's data, or finds that the session's data was another's.</summary>
    /// <remarks>Only from a queue's start on: before it, another process may be the owner.</remarks>
    public void Claim(DeviceState state)
    {
        if (store.Incarnation == 0) { return; }
        ref ulong owner = ref MemoryMarshal.AsRef<ulong>(state.Bytes);
        ulong before = Interlocked.CompareExchange(ref owner, store.Incarnation, 0);
        Volatile.Write(ref _lost, before != 0 && before != store.Incarnation);
    }

    /// <summary>The driver begins anew: whatever the store holds now is what it gets.</summary>
    public void Forgive(DeviceState state)
    {
        if (store.Incarnation == 0) { return; }
        Volatile.Write(ref MemoryMarshal.AsRef<ulong>(state.Bytes), 0);
        Volatile.Write(ref _lost, false);
    }

    private static ulong SectorsOf(IBlockStore store, uint blockSize) => store.Length / blockSize * (blockSize / BlockLimits.SectorSize);
}
