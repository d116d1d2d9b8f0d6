using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>A request as it was decoded when its chain came, each guest byte that decides anything read once.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Address">Who is spoken to.</param>
/// <param name="IsRead">Whether it reads.</param>
/// <param name="FailNext">Whether the next request belongs to the same group.</param>
/// <param name="Length">Bytes of its <c>buf</c>.</param>
/// <param name="IsSound">Whether it may be tried on the bus; else it fails when its turn comes.</param>
internal readonly record struct I2cRequest(DescriptorChain Chain, I2cAddress Address, bool IsRead, bool FailNext, int Length, bool IsSound)
{
    /// <summary>Most bytes of one request: what Linux's message can say. I2C itself has no limit.</summary>
    public const int MostBytes = ushort.MaxValue;

    private static readonly byte[] s_zeroes = new byte[4096];

    /// <summary>Decodes a request and checks it against the specification and a guest's rights.</summary>
    public static I2cRequest Decode(DescriptorChain chain, I2cAccess access)
    {
        if (!I2cHeader.TryRead(chain, out I2cHeader header)) { return new(chain, default, IsRead: false, FailNext: false, 0, IsSound: false); }
        bool isRead = (header.Flags & I2cFlags.Read) != 0;
        bool failNext = (header.Flags & I2cFlags.FailNext) != 0;
        bool isAddress = I2cAddress.TryDecode(header.Address, out I2cAddress address);
        ulong data = isRead ? chain.WritableLength - 1 : chain.ReadableLength - I2cHeader.Length;
        bool isShaped = chain.WritableLength > 0 && (isRead ? chain.ReadableLength == I2cHeader.Length : chain.WritableLength == 1);
        bool isSound = isAddress && isShaped && data <= MostBytes
            && (header.Flags & ~(I2cFlags.Read | I2cFlags.FailNext)) == 0
            && access.Allows(address);
        return new(chain, address, isRead, failNext, isSound ? (int)data : 0, isSound);
    }

    /// <summary>Writes the status into the last byte of the chain, and clears the buffer of a read that failed.</summary>
    public void Answer(bool succeeded)
    {
        if (Chain.WritableLength == 0) { return; }
        if (!succeeded && IsRead) { Clear(); }
        WriteStatus(Chain, succeeded);
    }

    /// <summary>Writes the status into the last byte of a chain.</summary>
    public static void WriteStatus(DescriptorChain chain, bool succeeded) =>
        chain.CopyTo(chain.WritableLength - 1, [(byte)(succeeded ? I2cStatus.Ok : I2cStatus.Error)]);

    /// <summary>The length to report: the status is the last byte of it.</summary>
    public static uint WrittenLength(DescriptorChain chain) => (uint)Math.Min(chain.WritableLength, uint.MaxValue);

    private void Clear()
    {
        ulong end = Math.Min(Chain.WritableLength - 1, MostBytes);
        for (ulong at = 0; at < end;) { at += (ulong)Chain.CopyTo(at, s_zeroes.AsSpan(0, (int)Math.Min((ulong)s_zeroes.Length, end - at))); }
    }
}
