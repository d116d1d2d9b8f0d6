using System.Security.Cryptography;
using Stratos.Fabric.Devices.Rpmb;

namespace Stratos.Guest.Tests;

/// <summary>Requests that two RPMB devices are asked alike, as lines of <c>stratos-driver rpmb frames</c>.</summary>
internal static class RpmbFrames
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)(i * 7))];

    /// <summary>A request and the number of response frames.</summary>
    public static string Line(int room, params byte[][] frames) => $"{room} {string.Concat(frames.Select(Convert.ToHexString))}";

    public static byte[] Plain(RpmbRequestType type, ushort address = 0, ushort blocks = 1, byte nonce = 0)
    {
        byte[] bytes = new byte[RpmbFrame.Length];
        RpmbFrame frame = new(bytes) { Request = type, BlockCount = blocks, Address = address };
        frame.Nonce.Fill(nonce);
        return bytes;
    }

    public static byte[] ResultRead => Plain(RpmbRequestType.ResultRead);

    public static byte[] ProgramKey(byte[] key)
    {
        byte[] bytes = Plain(RpmbRequestType.ProgramKey);
        key.CopyTo(new RpmbFrame(bytes).KeyMac);
        return bytes;
    }

    public static byte[] Write(ushort address, uint counter, byte value, byte[]? key = null, ushort blocks = 1)
    {
        byte[] bytes = Plain(RpmbRequestType.DataWrite, address, blocks);
        RpmbFrame frame = new(bytes) { WriteCounter = counter };
        frame.Data.Fill(value);
        HMACSHA256.HashData(key ?? Key, bytes.AsSpan(RpmbFrame.ProtectedAt)).CopyTo(frame.KeyMac);
        return bytes;
    }
}
