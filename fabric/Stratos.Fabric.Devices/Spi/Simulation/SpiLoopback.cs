using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>A wire from the output to the input. It remembers how the last transfer was made, and counts transfers and bytes.</summary>
public sealed class SpiLoopback(byte chipSelect) : SpiChip(chipSelect, StateBytes)
{
    private const int StateBytes = 64;
    private const int TransfersAt = 0;
    private const int BytesAt = 8;
    private const int SettingsAt = 16;

    /// <inheritdoc/>
    public override string Model => "loopback";

    /// <summary>How many transfers there were.</summary>
    public ulong Transfers => Look(TransfersAt);

    /// <summary>How many bytes they moved.</summary>
    public ulong Bytes => Look(BytesAt);

    /// <summary>How the last transfer was made.</summary>
    public SpiSettings LastSettings
    {
        get
        {
            SpiSettings settings = default;
            Exclusively(() => settings = MemoryMarshal.Read<SpiSettings>(State[SettingsAt..]));
            return settings;
        }
    }

    /// <inheritdoc/>
    protected internal override void Exchange(SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        if (sent.IsEmpty) { received.Clear(); }
        else if (!received.IsEmpty) { sent.CopyTo(received); }
        Span<byte> state = stackalloc byte[StateBytes];
        State.CopyTo(state);
        MemoryMarshal.AsRef<ulong>(state[TransfersAt..])++;
        MemoryMarshal.AsRef<ulong>(state[BytesAt..]) += (ulong)Math.Max(sent.Length, received.Length);
        MemoryMarshal.Write(state[SettingsAt..], settings);
        Store(0, state);
    }

    private ulong Look(int at)
    {
        ulong count = 0;
        Exclusively(() => count = MemoryMarshal.Read<ulong>(State[at..]));
        return count;
    }
}
