using System.Text;

namespace Stratos.Fabric.Devices.Block;

/// <summary>The device ID string that VIRTIO_BLK_T_GET_ID answers: ASCII, padded with zeroes (virtio 1.4, section 5.2.6).</summary>
internal static class BlockSerial
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 20;

    /// <summary>Whether a text can be a serial.</summary>
    public static bool IsValid(string serial) => serial.Length <= Length && serial.All(static c => c is >= ' ' and <= '~');

    /// <summary>The wire form of a valid serial.</summary>
    public static byte[] Encode(string serial)
    {
        byte[] bytes = new byte[Length];
        Encoding.ASCII.GetBytes(serial, bytes);
        return bytes;
    }
}
