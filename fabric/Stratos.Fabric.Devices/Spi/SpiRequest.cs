using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>A request as it was decoded when its chain came, each guest byte that decides anything read once.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Settings">How the transfer is to be made.</param>
/// <param name="Sent">Bytes of its <c>tx_buf</c>.</param>
/// <param name="Received">Bytes of its <c>rx_buf</c>.</param>
/// <param name="IsValid">Whether its parameters are; else it gets VIRTIO_SPI_PARAM_ERR.</param>
internal readonly record struct SpiRequest(DescriptorChain Chain, SpiSettings Settings, int Sent, int Received, bool IsValid)
{
    /// <summary>Most bytes of one transfer: what Linux can hand over in one piece.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>Decodes a request and checks it against the specification, the controller and a guest's rights.</summary>
    public static SpiRequest Decode(DescriptorChain chain, SpiCapabilities can, SpiAccess access)
    {
        bool isValid = SpiHeader.TryRead(chain, can, out SpiSettings settings) && access.Allows(settings.ChipSelect) && chain.WritableLength > 0;
        if (!isValid) { return new(chain, settings, 0, 0, IsValid: false); }
        ulong sent = chain.ReadableLength - SpiHeader.Length;
        ulong received = chain.WritableLength - 1;
        ulong length = Math.Max(sent, received);
        isValid = (sent == received || sent == 0 || received == 0)
            && length is > 0 and <= MostBytes && length % (ulong)settings.WordBytes == 0;
        return new(chain, settings, isValid ? (int)sent : 0, isValid ? (int)received : 0, isValid);
    }

    /// <summary>Writes the result into the last byte of a chain, and clears the place for what was to be read where it failed.</summary>
    public static uint Answer(DescriptorChain chain, SpiResult result, ReadOnlySpan<byte> received)
    {
        if (chain.WritableLength == 0) { return 0; }
        ulong resultAt = chain.WritableLength - 1;
        if (result is SpiResult.Ok) { chain.CopyTo(0, received); }
        else { Clear(chain, Math.Min(resultAt, MostBytes)); }
        chain.CopyTo(resultAt, [(byte)result]);
        return WrittenLength(chain);
    }

    /// <summary>Writes the result into the last byte of a chain whose other bytes are as they should be.</summary>
    public static uint WriteResult(DescriptorChain chain, SpiResult result)
    {
        if (chain.WritableLength > 0) { chain.CopyTo(chain.WritableLength - 1, [(byte)result]); }
        return WrittenLength(chain);
    }

    /// <summary>The length to report: the result is the last byte of it.</summary>
    public static uint WrittenLength(DescriptorChain chain) => (uint)Math.Min(chain.WritableLength, uint.MaxValue);

    private static void Clear(DescriptorChain chain, ulong end)
    {
        Span<byte> zeroes = stackalloc byte[256];
        zeroes.Clear();
        for (ulong at = 0; at < end;) { at += (ulong)chain.CopyTo(at, zeroes[..(int)Math.Min((ulong)zeroes.Length, end - at)]); }
    }
}
