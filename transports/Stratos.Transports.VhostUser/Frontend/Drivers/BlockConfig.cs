using System.Buffers.Binary;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>What a driver reads of a block device's configuration space (virtio 1.4, section 5.2.4).</summary>
/// <param name="Sectors">Capacity in sectors of 512 bytes.</param>
/// <param name="BlockSize">The optimal block size in bytes; 512 where the device does not say.</param>
/// <param name="Queues">Request queues.</param>
/// <param name="MaxDiscardSectors">Most sectors of one discard; 0 without the feature.</param>
/// <param name="MaxWriteZeroesSectors">Most sectors of one write zeroes; 0 without the feature.</param>
public readonly record struct BlockConfig(ulong Sectors, uint BlockSize, ushort Queues, uint MaxDiscardSectors, uint MaxWriteZeroesSectors)
{
    private const int Length = 60;

    /// <summary>Reads the configuration.</summary>
    public static BlockConfig Read(VhostUserFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        Span<byte> bytes = stackalloc byte[Length];
        frontend.ReadConfig(0, bytes);
        return new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            Has(frontend, BlockFeatures.BlockSize) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) : 512,
            Has(frontend, BlockFeatures.MultiQueue) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[34..]) : (ushort)1,
            Has(frontend, BlockFeatures.Discard) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]) : 0,
            Has(frontend, BlockFeatures.WriteZeroes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]) : 0);
    }

    private static bool Has(VhostUserFrontend frontend, ulong feature) => (frontend.Features & feature) != 0;
}
