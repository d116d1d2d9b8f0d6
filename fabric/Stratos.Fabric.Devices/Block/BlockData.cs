using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Block;

/// <summary>
/// The data of a read or write request, in guest memory: the part of a chain between header and status, whatever the
/// driver's framing (virtio 1.4, section 2.7.4). Valid until the request is completed; one thread at a time.
/// </summary>
public sealed class BlockData
{
    private DescriptorChain? _chain;
    private bool _writable;
    private ulong _skip;

    /// <summary>Number of bytes, a multiple of 512.</summary>
    public ulong Length { get; private set; }

    /// <summary>Copies bytes that were read from the store to the guest, <paramref name="position"/> bytes into the data.</summary>
    public void CopyIn(ulong position, ReadOnlySpan<byte> source) => _chain!.CopyTo(_skip + position, source);

    /// <summary>Copies bytes that go to the store from the guest, <paramref name="position"/> bytes into the data.</summary>
    public void CopyOut(ulong position, Span<byte> destination) => _chain!.CopyFrom(_skip + position, destination);

    /// <summary>Lists the memory from <paramref name="position"/> on for a system call.</summary>
    /// <param name="position">Bytes into the data, below <see cref="Length"/>.</param>
    /// <param name="vectors">Filled from its beginning; what does not fit is left for the next call.</param>
    /// <returns>The number of pieces.</returns>
    public int Gather(ulong position, Span<IoVector> vectors)
    {
        ReadOnlySpan<IoVector> all = _writable ? _chain!.WritableVectors : _chain!.ReadableVectors;
        ulong skip = _skip + position;
        ulong left = Length - position;
        int count = 0;
        foreach (IoVector vector in all)
        {
            if (skip >= vector.Length)
            {
                skip -= vector.Length;
                continue;
            }
            if (left == 0 || count == vectors.Length) { break; }
            ulong take = Math.Min(vector.Length - skip, left);
            vectors[count++] = new IoVector(vector.Address + (nint)skip, (nuint)take);
            left -= take;
            skip = 0;
        }
        return count;
    }

    /// <summary>The data of a read: the writable part without the status byte at its end.</summary>
    internal void SetRead(DescriptorChain chain) => (_chain, _writable, _skip, Length) = (chain, true, 0, chain.WritableLength - 1);

    /// <summary>The data of a write: the readable part after the header.</summary>
    internal void SetWrite(DescriptorChain chain) =>
        (_chain, _writable, _skip, Length) = (chain, false, BlockHeader.Length, chain.ReadableLength - BlockHeader.Length);
}
