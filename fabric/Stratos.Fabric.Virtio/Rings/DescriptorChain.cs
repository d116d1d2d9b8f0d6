using System.Runtime.CompilerServices;
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
public sealed unsafe class DescriptorChain
{
    private readonly IChainOwner _owner;
    private IoVector[] _vectors = new IoVector[4];
    private ulong[] _guestAddresses = [];
    private int _readableCount;
    private int _count;

    internal DescriptorChain(IChainOwner owner, ushort slot) => (_owner, Slot) = (owner, slot);

    /// <summary>
    /// Number of the request in its queue's journal: grows from request to request, over restarts too. It skips one where a
    /// server died while it took a request from the ring.
    /// </summary>
    public ulong Sequence { get; internal set; }

    /// <summary>Total length of the device-readable part in bytes.</summary>
    public ulong ReadableLength { get; private set; }

    /// <summary>Total length of the device-writable part in bytes.</summary>
    public ulong WritableLength { get; private set; }

    /// <summary>The device-readable buffers as system calls take them.</summary>
    public ReadOnlySpan<IoVector> ReadableVectors => new(_vectors, 0, _readableCount);

    /// <summary>The device-writable buffers as system calls take them.</summary>
    public ReadOnlySpan<IoVector> WritableVectors => new(_vectors, _readableCount, _count - _readableCount);

    /// <summary>The entry of the journal that the request has.</summary>
    internal ushort Slot { get; }

    /// <summary>Split: the head descriptor's index. Packed: the buffer id.</summary>
    internal ushort Id { get; set; }

    /// <summary>How many elements of the descriptor ring the chain occupies; packed only.</summary>
    internal ushort RingLength { get; set; }

    /// <summary>Bytes that the completion reports.</summary>
    internal uint Written { get; set; }

    /// <summary>Whether the handler marked the request as started, in this run or in one before.</summary>
    internal bool IsStarted { get; set; }

    /// <summary>Where the object is in its life. Written by whoever has the chain at the time.</summary>
    internal ChainState State { get; set; }

    /// <summary>Whether the pump counts it among those that the handler has. The pump's thread alone.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>Link of the list that the chain is in.</summary>
    internal DescriptorChain? Link { get; set; }

    /// <summary>Room for buffers that the object holds on to.</summary>
    internal int Capacity => _vectors.Length;

    /// <summary>The part of <see cref="Capacity"/> that the chain table knows of.</summary>
    internal int CountedRoom { get; set; }

    /// <summary>One device-readable buffer, by its index in <see cref="ReadableVectors"/>.</summary>
    public ReadOnlySpan<byte> Readable(int index) => AsSpan(ReadableVectors[index]);

    /// <summary>One device-writable buffer, by its index in <see cref="WritableVectors"/>.</summary>
    public Span<byte> Writable(int index) => AsSpan(WritableVectors[index]);

    /// <summary>Copies from the readable part, <paramref name="offset"/> bytes in, and returns the number of bytes that there were.</summary>
    public int CopyFrom(ulong offset, Span<byte> destination)
    {
        int copied = 0;
        foreach (IoVector vector in ReadableVectors)
        {
            if (!Skip(vector, ref offset)) { continue; }
            int length = (int)Math.Min(vector.Length - offset, (ulong)(destination.Length - copied));
            new ReadOnlySpan<byte>((byte*)vector.Address + offset, length).CopyTo(destination[copied..]);
            copied += length;
            offset = 0;
            if (copied == destination.Length) { break; }
        }
        return copied;
    }

    /// <summary>Copies into the writable part, <paramref name="offset"/> bytes in, and returns the number of bytes that there was room for.</summary>
    public int CopyTo(ulong offset, ReadOnlySpan<byte> source)
    {
        int copied = 0;
        foreach (IoVector vector in WritableVectors)
        {
            if (!Skip(vector, ref offset)) { continue; }
            int length = (int)Math.Min(vector.Length - offset, (ulong)(source.Length - copied));
            source.Slice(copied, length).CopyTo(new Span<byte>((byte*)vector.Address + offset, length));
            copied += length;
            offset = 0;
            if (copied == source.Length) { break; }
        }
        return copied;
    }

    /// <summary>
    /// Records that the request's effect is about to happen. Call it right before the effect of an
    /// <see cref="Contract.ReplayClass.Unrepeatable"/> request; it is on record when this returns.
    /// </summary>
    /// <exception cref="InvalidOperationException">The chain is not the handler's any more.</exception>
    public void MarkStarted()
    {
        RequireHanded(nameof(MarkStarted));
        IsStarted = true;
        _owner.Started(this);
    }

    /// <summary>Completes the request. Any thread, once.</summary>
    /// <param name="written">Bytes written to the writable part, from its beginning: at most <see cref="WritableLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">More bytes than there are.</exception>
    /// <exception cref="InvalidOperationException">The chain was completed or released before.</exception>
    public void Complete(uint written)
    {
        if (State is ChainState.Abandoned) { return; }
        RequireHanded(nameof(Complete));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(written, WritableLength);
        Written = written;
        State = ChainState.Completed;
        _owner.Completed(this);
    }

    /// <summary>Gives the request back unserved while the queue stops; it is served by the next start of the queue. Any thread, once.</summary>
    /// <exception cref="InvalidOperationException">The chain was completed or released before.</exception>
    public void Release()
    {
        if (State is ChainState.Abandoned) { return; }
        RequireHanded(nameof(Release));
        State = ChainState.Released;
        _owner.Released(this);
    }

    /// <summary>Takes the object into use for another request.</summary>
    internal void Begin()
    {
        (_count, _readableCount) = (0, 0);
        (ReadableLength, WritableLength) = (0, 0);
        (RingLength, Written, IsStarted, Link) = (0, 0, false, null);
        State = ChainState.Fetched;
    }

    /// <summary>Adds a buffer; readable ones come first, as the assembler has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(nint address, uint length, bool writable)
    {
        if (_count == _vectors.Length) { Array.Resize(ref _vectors, _count * 2); }
        _vectors[_count++] = new IoVector(address, length);
        if (writable)
        {
            WritableLength += length;
        }
        else
        {
            _readableCount = _count;
            ReadableLength += length;
        }
    }

    /// <summary>Remembers the guest address of the buffer that was added last, for the dirty log.</summary>
    internal void RememberGuestAddress(ulong guestAddress)
    {
        if (_guestAddresses.Length < _vectors.Length) { Array.Resize(ref _guestAddresses, _vectors.Length); }
        _guestAddresses[_count - 1] = guestAddress;
    }

    /// <summary>Marks all writable buffers: a device may write more than it reports (virtio 1.4, section 2.7.8.2).</summary>
    internal void MarkWritten(Memory.DirtyLog log)
    {
        for (int i = _readableCount; i < _count; i++) { log.Mark(_guestAddresses[i], _vectors[i].Length); }
    }

    /// <summary>Gives up the room that an unusually long chain has taken.</summary>
    internal void Shrink() => (_vectors, _guestAddresses, _count, _readableCount) = (new IoVector[4], [], 0, 0);

    private static bool Skip(IoVector vector, ref ulong offset)
    {
        if (offset < vector.Length) { return true; }
        offset -= vector.Length;
        return false;
    }

    private static Span<byte> AsSpan(IoVector vector) => new((byte*)vector.Address, checked((int)vector.Length));

    private void RequireHanded(string operation)
    {
        if (State is not ChainState.Handed) { ThrowNotHanded(operation); }
    }

    private void ThrowNotHanded(string operation) =>
        throw new InvalidOperationException($"{operation} of request {Sequence}: the chain is {State}; a handler completes or releases each chain once.");
}
