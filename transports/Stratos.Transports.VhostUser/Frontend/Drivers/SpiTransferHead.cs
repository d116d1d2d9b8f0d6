using System.Buffers.Binary;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>How a driver asks for a transfer: struct virtio_spi_transfer_head (virtio 1.4, section 5.21.6.1).</summary>
/// <param name="ChipSelect">The chip's number.</param>
/// <param name="Mode">The mode's bits: CPHA, CPOL, CS_HIGH, LSB_FIRST, LOOP.</param>
/// <param name="Frequency">Clock rate in Hz.</param>
public readonly record struct SpiTransferHead(byte ChipSelect, uint Mode = 0, uint Frequency = 1_000_000)
{
    internal const int Length = 32;

    /// <summary>Bits of a word.</summary>
    public byte BitsPerWord { get; init; } = 8;

    /// <summary>Whether the chip is deselected behind the transfer.</summary>
    public bool ChangesChipSelect { get; init; }

    internal void Write(Span<byte> bytes)
    {
        bytes.Clear();
        (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]) = (ChipSelect, BitsPerWord, (byte)(ChangesChipSelect ? 1 : 0), 1, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Frequency);
    }
}
