using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Tests.Bench;

/// <summary>
/// Requests of random shape that carry their number and ask for it back, and the accounts of both sides. The writable
/// part is filled with bytes that follow from the number, so that a mix-up of buffers cannot go unnoticed.
/// </summary>
internal sealed class Requests(GuestBench bench, Random random, int slots)
{
    private const int SlotLength = 1024;
    private readonly Dictionary<ulong, Sent> _sent = [];
    private readonly Queue<GuestBuffer> _free = new(Enumerable.Range(0, slots).Select(_ => bench.Heap.Allocate(SlotLength)));
    private ulong _next;

    private sealed record Sent(GuestBuffer Slot, DriverBuffer[] Elements, int Writable);

    public int Outstanding => _sent.Count;
    public ulong Added => _next;
    public ulong Taken { get; private set; }

    /// <summary>Adds up to so many requests, as the ring and the buffers allow.</summary>
    public int Add(int count, int maxElements = 5, bool writableOnly = false)
    {
        int added = 0;
        while (added < count && _free.TryPeek(out GuestBuffer slot) && TryAdd(slot, maxElements, writableOnly))
        {
            _free.Dequeue();
            added++;
        }
        return added;
    }

    /// <summary>Takes what the device has used and checks it.</summary>
    /// <param name="check">Sees each request's number and its status.</param>
    public int Take(Action<ulong, byte>? check = null)
    {
        int taken = 0;
        while (bench.Driver.TryTake(out ulong cookie, out uint written))
        {
            Assert.True(_sent.Remove(cookie, out Sent? sent), $"Request {cookie} came back twice, or was never sent.");
            byte status = CheckReply(cookie, sent, written);
            _free.Enqueue(sent.Slot);
            Taken++;
            taken++;
            check?.Invoke(cookie, status);
        }
        return taken;
    }

    /// <summary>What an echoing device does with a request: answers with its number.</summary>
    /// <returns>Bytes written.</returns>
    public static uint Reply(DescriptorChain chain, byte status)
    {
        byte[] reply = new byte[chain.WritableLength];
        Fill(reply, NumberOf(chain), status);
        Assert.Equal(reply.Length, chain.CopyTo(0, reply));
        return (uint)reply.Length;
    }

    /// <summary>The number that a request carries.</summary>
    public static ulong NumberOf(DescriptorChain chain)
    {
        Span<byte> number = stackalloc byte[8];
        Assert.Equal(8, chain.CopyFrom(0, number));
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    private bool TryAdd(GuestBuffer slot, int maxElements, bool writableOnly)
    {
        int count = random.Next(2, Math.Min(maxElements, bench.Driver.Size) + 1);
        int readable = writableOnly ? 1 : random.Next(1, count);
        DriverBuffer[] elements = new DriverBuffer[count];
        int offset = 0, writable = 0;
        for (int i = 0; i < count; i++)
        {
            int length = i == 0 ? 8 + random.Next(9) : 1 + random.Next(SlotLength / maxElements - 20);
            GuestBuffer piece = slot.Slice(offset, length);
            elements[i] = i < readable ? piece.ToDevice : piece.FromDevice;
            writable += i < readable ? 0 : length;
            offset += length + random.Next(3);
        }
        if (!bench.Driver.TryAdd(elements, _next)) { return false; }
        slot.Span.Fill(0xEE);
        BinaryPrimitives.WriteUInt64LittleEndian(slot.Span, _next);
        _sent.Add(_next++, new Sent(slot, elements, writable));
        return true;
    }

    private static byte CheckReply(ulong number, Sent sent, uint written)
    {
        Assert.Equal((uint)sent.Writable, written);
        byte[] got = new byte[sent.Writable];
        int at = 0;
        foreach (DriverBuffer element in sent.Elements.Where(element => element.DeviceWritable))
        {
            sent.Slot.Slice((int)(element.Address - sent.Slot.Address), (int)element.Length).Span.CopyTo(got.AsSpan(at));
            at += (int)element.Length;
        }
        byte[] expected = new byte[sent.Writable];
        Fill(expected, number, got[0]);
        Assert.Equal(expected, got);
        return got[0];
    }

    private static void Fill(Span<byte> reply, ulong number, byte status)
    {
        for (int i = 0; i < reply.Length; i++) { reply[i] = (byte)(number + (ulong)i); }
        if (reply.Length > 0) { reply[0] = status; }
    }
}
