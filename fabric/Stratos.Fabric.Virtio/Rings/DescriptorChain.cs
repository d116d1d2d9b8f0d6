using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Rings;

/// <summary>
/// One request: the buffers of a descriptor chain, validated and translated. First the device-readable buffers, then the
/// device-writable ones (virtio 1.4, section 2.7.4.2). Valid from <c>Handle</c> until <see cref="Complete"/> or
/// <see cref="Release"/>; the object is then used again for another request.
/// </summary>
/// <remarks>
/// The guest may change the bytes at any time, not where they are: read what you decide on once, into a local.
/// Only one thread at a time uses a chain; handing it to another thread needs the usual release and acquire.
/// </remarks>
public sealed class DescriptorChain
{
    /// <summary>Number of the request in its queue's journal: grows by one a request, over restarts too.</summary>
    public ulong Sequence => throw new NotImplementedException();

    /// <summary>Total length of the device-readable part in bytes.</summary>
    public ulong ReadableLength => throw new NotImplementedException();

    /// <summary>Total length of the device-writable part in bytes.</summary>
    public ulong WritableLength => throw new NotImplementedException();

    /// <summary>The device-readable buffers as system calls take them.</summary>
    public ReadOnlySpan<IoVector> ReadableVectors => throw new NotImplementedException();

    /// <summary>The device-writable buffers as system calls take them.</summary>
    public ReadOnlySpan<IoVector> WritableVectors => throw new NotImplementedException();

    /// <summary>One device-readable buffer, by its index in <see cref="ReadableVectors"/>.</summary>
    public ReadOnlySpan<byte> Readable(int index) => throw new NotImplementedException();

    /// <summary>One device-writable buffer, by its index in <see cref="WritableVectors"/>.</summary>
    public Span<byte> Writable(int index) => throw new NotImplementedException();

    /// <summary>Copies from the readable part, <paramref name="offset"/> bytes in, and returns the number of bytes that there were.</summary>
    public int CopyFrom(ulong offset, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Copies into the writable part, <paramref name="offset"/> bytes in, and returns the number of bytes that there was room for.</summary>
    public int CopyTo(ulong offset, ReadOnlySpan<byte> source) => throw new NotImplementedException();

    /// <summary>
    /// Records that the request's effect is about to happen. Call it right before the effect of an
    /// <see cref="Contract.ReplayClass.Unrepeatable"/> request; it is on record when this returns.
    /// </summary>
    public void MarkStarted() => throw new NotImplementedException();

    /// <summary>Completes the request. Any thread, once.</summary>
    /// <param name="written">Bytes written to the writable part, from its beginning: at most <see cref="WritableLength"/>.</param>
    public void Complete(uint written) => throw new NotImplementedException();

    /// <summary>Gives the request back unserved while the queue stops; it is served by the next start of the queue. Any thread, once.</summary>
    public void Release() => throw new NotImplementedException();
}
