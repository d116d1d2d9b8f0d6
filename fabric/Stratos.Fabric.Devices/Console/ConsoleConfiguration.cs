using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Console;

/// <summary>The configuration space: struct virtio_console_config (virtio 1.4, section 5.3.4).</summary>
internal static class ConsoleConfiguration
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 12;

    private const int EmergencyWrite = 8;

    /// <summary>Writes the whole space into <paramref name="space"/>; emerg_wr reads as zero.</summary>
    public static void Write(Span<byte> space, TerminalSize size, int ports)
    {
        space.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(space, size.Columns);
        BinaryPrimitives.WriteUInt16LittleEndian(space[2..], size.Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(space[4..], (uint)ports);
    }

    /// <summary>The character in a write to the space, if there is one.</summary>
    /// <remarks>
    /// Some frontends write the whole space whatever the guest wrote, with what they read before in the other fields: a
    /// zero that came along with those is not a character.
    /// </remarks>
    public static bool TryGetCharacter(int offset, ReadOnlySpan<byte> source, out byte character)
    {
        character = 0;
        int at = EmergencyWrite - offset;
        if (at < 0 || at >= source.Length) { return false; }
        character = source[at];
        return offset == EmergencyWrite || character != 0;
    }
}
