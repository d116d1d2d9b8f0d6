using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>Where everything of a bus lies on its board.</summary>
internal sealed class BusBoard(BoardMemory memory)
{
    /// <summary>Stations that a bus has room for.</summary>
    public const int Stations = 16;

    /// <summary>Frames that the log holds; those before them are gone.</summary>
    public const int LogLength = 4096;

    /// <summary>Frames of one station that are remembered. Twice as many as may wait, so that each that waits has as many after it.</summary>
    public const int Slots = 128;

    private const int SlotsAt = BusHeader.Length + (Stations * StationRecord.Length);
    private static readonly int s_logAt = SlotsAt + (Stations * Slots * Unsafe.SizeOf<CanSlot>());

    /// <summary>Bytes of the board.</summary>
    public static int Length { get; } = s_logAt + (LogLength * Unsafe.SizeOf<CanLogEntry>());

    /// <summary>What there is one of.</summary>
    public ref BusHeader Header => ref MemoryMarshal.AsRef<BusHeader>(memory.Bytes);

    /// <summary>A station by its place.</summary>
    public ref StationRecord Station(int place) =>
        ref MemoryMarshal.AsRef<StationRecord>(memory.Bytes.Slice(BusHeader.Length + (place * StationRecord.Length), StationRecord.Length));

    /// <summary>A frame of a station by its number.</summary>
    public ref CanSlot Slot(int place, ulong number) =>
        ref MemoryMarshal.Cast<byte, CanSlot>(memory.Bytes[SlotsAt..s_logAt])[(place * Slots) + (int)(number % Slots)];

    /// <summary>A frame that was on the bus, by its position.</summary>
    public ref CanLogEntry Log(ulong position) =>
        ref MemoryMarshal.Cast<byte, CanLogEntry>(memory.Bytes[s_logAt..])[(int)(position % LogLength)];

    /// <summary>A station's controller.</summary>
    public StationWord WordOf(int place) => StationWord.Unpack(Volatile.Read(ref Station(place).Word));

    /// <summary>Whether a place in the table is taken.</summary>
    public bool IsTaken(int place) => Volatile.Read(ref Station(place).Name[0]) != 0;
}
