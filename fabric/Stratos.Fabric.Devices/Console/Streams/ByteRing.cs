using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>A queue of bytes in shared memory with one producer and one consumer, in processes that may die at any instruction.</summary>
/// <remarks>
/// Positions only grow; a byte's place is its position modulo the capacity. What the producer writes is published by one
/// release store of the end, which the consumer reads with acquire; what the consumer has taken is given back by one
/// release store of the start, which the producer reads with acquire before it overwrites. So at every moment each byte
/// is either published or not, and given back or not.
/// </remarks>
internal sealed class ByteRing(Mapping memory, ulong indices, ulong data, int capacity)
{
    /// <summary>Bytes that the two indices take, each on a cache line of its own.</summary>
    public const int IndexLength = 128;

    /// <summary>The position of the first byte that was not given back.</summary>
    public ulong Start => Volatile.Read(ref Word(indices + 64));

    /// <summary>The position after the last byte that was published.</summary>
    public ulong End => Volatile.Read(ref Word(indices));

    /// <summary>Bytes between <see cref="Start"/> and <see cref="End"/>.</summary>
    public int Length => (int)Math.Min(End - Start, (ulong)capacity);

    /// <summary>Producer: puts as many bytes at the end as there is room for, and returns their number.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        ulong end = End;
        int count = Math.Min(bytes.Length, capacity - Length);
        if (count == 0) { return 0; }
        Span<byte> first = Place(end, count);
        bytes[..first.Length].CopyTo(first);
        if (first.Length < count) { bytes[first.Length..count].CopyTo(Place(end + (ulong)first.Length, count - first.Length)); }
        Volatile.Write(ref Word(indices), end + (ulong)count);
        return count;
    }

    /// <summary>Producer: room for bytes in one piece, to be published by <see cref="Publish"/>; empty if the ring is full.</summary>
    public Span<byte> Room() => Place(End, capacity - Length);

    /// <summary>Producer: publishes bytes that were put into <see cref="Room"/>.</summary>
    public void Publish(int count) => Volatile.Write(ref Word(indices), End + (ulong)count);

    /// <summary>Consumer: copies published bytes from a position on.</summary>
    public void Read(ulong position, Span<byte> destination)
    {
        Span<byte> first = Place(position, destination.Length);
        first.CopyTo(destination);
        if (first.Length < destination.Length)
        {
            Place(position + (ulong)first.Length, destination.Length - first.Length).CopyTo(destination[first.Length..]);
        }
    }

    /// <summary>Consumer: published bytes in one piece, from the start on; empty if there are none.</summary>
    public ReadOnlySpan<byte> Peek() => Place(Start, Length);

    /// <summary>Consumer: gives back all bytes before a position; without effect if they were.</summary>
    public bool Consume(ulong position)
    {
        if ((long)(position - Start) <= 0) { return false; }
        Volatile.Write(ref Word(indices + 64), position);
        return true;
    }

    private ref ulong Word(ulong offset) => ref MemoryMarshal.AsRef<ulong>(memory.GetSpan(offset, sizeof(ulong)));

    private Span<byte> Place(ulong position, int length)
    {
        ulong at = position & (ulong)(capacity - 1);
        return memory.GetSpan(data + at, (int)Math.Min((ulong)length, (ulong)capacity - at));
    }
}
