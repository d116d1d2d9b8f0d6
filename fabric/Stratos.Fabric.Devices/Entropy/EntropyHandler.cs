using System.Security.Cryptography;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Entropy;

/// <summary>
/// Fills buffers on the pump. A replay after a crash writes other random bytes, which the driver, who never saw the
/// first ones, cannot tell from them.
/// </summary>
internal sealed class EntropyHandler(IEntropySource source, DeviceContext context, string name) : QueueHandler
{
    /// <summary>Most bytes a request gets, so that a guest with a huge buffer cannot hold the pump; the device may use less than the buffer.</summary>
    internal const int MaxBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[4096];

    public override void Handle(DescriptorChain chain)
    {
        if (chain.ReadableLength != 0 || chain.WritableLength == 0)
        {
            context.Warn(name, "a request that does not consist of device-writable buffers alone was returned empty");
            chain.Complete(0);
            return;
        }
        chain.Complete(Fill(chain));
    }

    private uint Fill(DescriptorChain chain)
    {
        ulong filled = 0;
        ulong wanted = Math.Min(chain.WritableLength, MaxBytes);
        while (filled < wanted)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min((ulong)_piece.Length, wanted - filled));
            Draw(piece);
            chain.CopyTo(filled, piece);
            filled += (ulong)piece.Length;
        }
        return (uint)filled;
    }

    private void Draw(Span<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            int got = source.Fill(piece);
            if (got == 0)
            {
                context.Warn(name, "the source of entropy has run dry; the host's generator fills in");
                RandomNumberGenerator.Fill(piece);
                return;
            }
            piece = piece[got..];
        }
    }
}
