using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>What a controller offers: struct virtio_spi_config (virtio 1.4, section 5.21.4).</summary>
public sealed record SpiCapabilities
{
    /// <summary>Length of the configuration space in bytes.</summary>
    public const int Length = 32;

    /// <summary>Number of chip selects, 1 to 255.</summary>
    public required byte ChipSelects { get; init; }

    /// <summary>Whether a chip can be deselected after each transfer of a message.</summary>
    public bool CanChangeChipSelect { get; init; }

    /// <summary>Lines to write on, beside one.</summary>
    public SpiLanes WriteLanes { get; init; }

    /// <summary>Lines to read on, beside one.</summary>
    public SpiLanes ReadLanes { get; init; }

    /// <summary>Word lengths: bit n for words of n + 1 bits. Zero for all from 1 to 32.</summary>
    public uint BitsPerWord { get; init; }

    /// <summary>Clock phases and polarities, of each one at least, and more.</summary>
    public SpiFunctions Functions { get; init; } = SpiFunctions.ClockPhase0 | SpiFunctions.ClockPolarity0;

    /// <summary>The highest clock rate in Hz; 0 for any.</summary>
    public uint MaxFrequency { get; init; }

    /// <summary>The longest delay between words in nanoseconds; 0 for none.</summary>
    public uint MaxWordDelay { get; init; }

    /// <summary>The longest delay behind the selection of a chip in nanoseconds; 0 for none.</summary>
    public uint MaxSetupDelay { get; init; }

    /// <summary>The longest delay before the deselection of a chip in nanoseconds; 0 for none.</summary>
    public uint MaxHoldDelay { get; init; }

    /// <summary>The longest delay behind the deselection of a chip in nanoseconds; 0 for none.</summary>
    public uint MaxInactiveDelay { get; init; }

    /// <summary>Writes the configuration space.</summary>
    internal void Write(Span<byte> space)
    {
        (space[0], space[1]) = (ChipSelects, (byte)(CanChangeChipSelect ? 1 : 0));
        (space[2], space[3]) = ((byte)WriteLanes, (byte)ReadLanes);
        ReadOnlySpan<uint> words = [BitsPerWord, (uint)Functions, MaxFrequency, MaxWordDelay, MaxSetupDelay, MaxHoldDelay, MaxInactiveDelay];
        for (int i = 0; i < words.Length; i++) { BinaryPrimitives.WriteUInt32LittleEndian(space[(4 + (i * 4))..], words[i]); }
    }
}
