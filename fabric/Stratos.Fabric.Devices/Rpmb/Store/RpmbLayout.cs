namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>
/// Where things are in a store, version 1. All numbers are little-endian.
/// <list type="table">
/// <item><term>0</term><description>superblock, 512 bytes, written once: see <see cref="RpmbSuperblock"/></description></item>
/// <item><term>4096</term><description>record slot 0, 69,632 bytes: see <see cref="RpmbRecord"/></description></item>
/// <item><term>73,728</term><description>record slot 1</description></item>
/// <item><term>143,360</term><description>the blocks, 264 bytes each: see <see cref="RpmbBlock"/></description></item>
/// </list>
/// </summary>
internal static class RpmbLayout
{
    /// <summary>Blocks in a unit of capacity (128 KiB).</summary>
    public const int BlocksPerUnit = 512;

    /// <summary>The most blocks that one commit can hold.</summary>
    public const int MostBlocks = 255;

    private const ulong SlotsAt = 4096;
    private const ulong SlotLength = 69_632;
    private const ulong BlocksAt = SlotsAt + (2 * SlotLength);

    /// <summary>Where the record of a generation goes: generations take turns.</summary>
    public static ulong SlotOf(ulong generation) => SlotsAt + ((generation & 1) * SlotLength);

    /// <summary>Where a block is.</summary>
    public static ulong BlockAt(int block) => BlocksAt + ((ulong)block * RpmbBlock.Length);

    /// <summary>Length of a whole store in bytes.</summary>
    /// <param name="units">Capacity in units of 128 KiB.</param>
    public static ulong Total(int units) => BlockAt(units * BlocksPerUnit);
}
