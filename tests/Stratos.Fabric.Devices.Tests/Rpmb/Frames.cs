using System.Security.Cryptography;
using Stratos.Fabric.Devices.Rpmb;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>Frames as a driver makes them, with MACs that are computed here over the concatenation, another way than the device does it.</summary>
internal static class Frames
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    public static readonly byte[] Nonce = [.. Enumerable.Range(100, 16).Select(static i => (byte)i)];

    public static byte[] Plain(RpmbRequestType type, ushort blocks = 1, ushort address = 0, bool nonce = false)
    {
        byte[] bytes = new byte[RpmbFrame.Length];
        RpmbFrame frame = new(bytes) { Request = type, BlockCount = blocks, Address = address };
        if (nonce) { Nonce.CopyTo(frame.Nonce); }
        return bytes;
    }

    public static byte[] ProgramKey(byte[]? key = null, ushort blocks = 1)
    {
        byte[] bytes = Plain(RpmbRequestType.ProgramKey, blocks);
        (key ?? Key).CopyTo(new RpmbFrame(bytes).KeyMac);
        return bytes;
    }

    public static byte[] ResultRead(ushort blocks = 1) => Plain(RpmbRequestType.ResultRead, blocks);

    public static byte[] Counter(ushort blocks = 1) => Plain(RpmbRequestType.GetWriteCounter, blocks, nonce: true);

    public static byte[] Read(ushort address, ushort blocks) => Plain(RpmbRequestType.DataRead, blocks, address, nonce: true);

    /// <summary>The frames of a write; block i is filled with <paramref name="value"/> + i.</summary>
    public static byte[] Write(ushort address, int blocks, uint counter, byte value, byte[]? key = null)
    {
        byte[] all = [];
        for (int i = 0; i < blocks; i++)
        {
            byte[] bytes = Plain(RpmbRequestType.DataWrite, (ushort)blocks, address);
            RpmbFrame frame = new(bytes) { WriteCounter = counter };
            frame.Data.Fill((byte)(value + i));
            all = [.. all, .. bytes];
        }
        return Sign(all, key);
    }

    /// <summary>Puts the MAC of all frames into the last.</summary>
    public static byte[] Sign(byte[] frames, byte[]? key = null)
    {
        Mac(frames, key).CopyTo(new RpmbFrame(frames.AsSpan(frames.Length - RpmbFrame.Length)).KeyMac);
        return frames;
    }

    public static byte[] Mac(ReadOnlySpan<byte> frames, byte[]? key = null)
    {
        byte[] message = [];
        for (int at = 0; at < frames.Length; at += RpmbFrame.Length) { message = [.. message, .. frames.Slice(at + 228, 284)]; }
        return HMACSHA256.HashData(key ?? Key, message);
    }
}
