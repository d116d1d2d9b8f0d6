using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>struct virtio_watchdog_config (docs/standards/virtio-watchdog.md, "Device configuration layout"). The driver writes none of it.</summary>
internal static class WatchdogConfiguration
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 48;

    private const uint Armed = 1;
    private const uint NoWayOut = 2;

    /// <summary>Writes the whole space.</summary>
    public static void Write(Span<byte> space, WatchdogTimer timer, WatchdogLimits limits)
    {
        space.Clear();
        uint flags = (timer.Phase is WatchdogPhase.Armed ? Armed : 0) | (limits.NoWayOut ? NoWayOut : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space, limits.Minimum);
        BinaryPrimitives.WriteUInt32LittleEndian(space[4..], limits.Maximum);
        BinaryPrimitives.WriteUInt32LittleEndian(space[8..], timer.Timeout(limits));
        BinaryPrimitives.WriteUInt32LittleEndian(space[12..], timer.PreTimeout);
        BinaryPrimitives.WriteUInt32LittleEndian(space[16..], timer.Window);
        BinaryPrimitives.WriteUInt16LittleEndian(space[20..], (ushort)limits.Processors);
        BinaryPrimitives.WriteUInt16LittleEndian(space[22..], (ushort)timer.Processors);
        BinaryPrimitives.WriteUInt32LittleEndian(space[24..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(space[28..], (uint)timer.BootStatus);
        BinaryPrimitives.WriteUInt64LittleEndian(space[32..], timer.Silent);
        BinaryPrimitives.WriteUInt32LittleEndian(space[40..], timer.Expirations);
    }
}
