using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Can;

/// <summary>What outlives the process that serves a CAN device: the controller's mode, and which port memory its requests refer to.</summary>
internal sealed class CanState(DeviceState state)
{
    /// <summary>Bytes of state.</summary>
    public const int Length = LedgerAt + RequestLedger.Length;

    private const int LedgerAt = 64;

    /// <summary>The controller as the driver knows it; stopped while there is no session yet.</summary>
    public CanControllerState Mode
    {
        get => state.Bytes.IsEmpty ? CanControllerState.Stopped : (CanControllerState)Volatile.Read(ref Words[0]);
        set => Volatile.Write(ref Words[0], (ulong)value);
    }

    /// <summary>The <see cref="ICanPort.Identity"/> that the frames in flight were offered to.</summary>
    public ulong Identity
    {
        get => Volatile.Read(ref Words[1]);
        set => Volatile.Write(ref Words[1], value);
    }

    /// <summary>Which frame the latest receive request got.</summary>
    public RequestLedger Received { get; } = new(state, LedgerAt);

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(state.Bytes);
}
