using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Testing;

/// <summary>
/// A driver with one queue in memory of its own: each request carries a number, and the driver's ring accounts for each.
/// </summary>
internal sealed class QueueRig : IDisposable
{
    private const ulong GuestBase = 0x1_0000;
    private const ushort Size = 64;
    private readonly MemoryFile _file = MemoryFile.Create("guest", 1 << 20);
    private readonly Mapping _mapping;
    private readonly JournalFile _journal;
    private readonly GuestBuffer[] _requests;
    private readonly GuestBuffer[] _answers;

    public QueueRig(int index = 0, bool packed = false, bool inOrder = false)
    {
        _mapping = _file.Map(MemoryAccess.ReadWrite);
        var heap = new GuestHeap(_mapping, GuestBase);
        ulong features = VirtioFeatures.Version1 | VirtioFeatures.EventIndex |
            (packed ? VirtioFeatures.RingPacked : 0) | (inOrder ? VirtioFeatures.InOrder : 0);
        Ring = DriverRing.Create(heap, Size, features);
        _requests = [.. Enumerable.Range(0, Size / 2).Select(_ => heap.Allocate(8))];
        _answers = [.. Enumerable.Range(0, Size / 2).Select(_ => heap.Allocate(8))];
        _journal = JournalFile.CreatePrivate(index + 1, Size, packed);
        Setup = new QueueSetup
        {
            Index = index,
            Size = Size,
            Features = features,
            Memory = new GuestMemory([new MemoryWindow(GuestBase, 0, _mapping)]),
            Addresses = Ring.Addresses,
            State = QueueState.Initial,
            Journal = _journal.Queue(index),
            Kick = EventFd.Create(),
            Call = EventFd.Create(),
        };
    }

    public DriverRing Ring { get; }

    public QueueSetup Setup { get; }

    /// <summary>Requests whose answers were checked.</summary>
    public int Answered { get; private set; }

    /// <summary>The next request's number.</summary>
    public ulong Next { get; private set; }

    /// <summary>Posts requests as far as there is room, up to a number.</summary>
    public void Post(int count)
    {
        for (int i = 0; i < count && Ring.InFlight < _requests.Length; i++, Next++)
        {
            int slot = (int)(Next % (ulong)_requests.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(_requests[slot].Span, Next);
            _answers[slot].Span.Clear();
            if (!Ring.TryAdd([_requests[slot].ToDevice, _answers[slot].FromDevice], Next))
                throw new InvalidOperationException($"The ring has no room for request {Next}.");
        }
        if (Ring.Publish())
            Setup.Kick!.Signal();
    }

    /// <summary>Takes what was answered, checking each answer. The ring itself throws on a request answered twice.</summary>
    public void Take()
    {
        while (Ring.TryTake(out ulong cookie, out uint written))
        {
            ulong answer = BinaryPrimitives.ReadUInt64LittleEndian(_answers[(int)(cookie % (ulong)_answers.Length)].Span);
            if (written != 8 || answer != ~cookie)
                throw new InvalidOperationException($"Request {cookie} was answered by {written} bytes, {answer:x}.");
            Answered++;
        }
    }

    /// <summary>Posts requests and waits until all that were posted are answered, one at a time or as many as fit.</summary>
    public void Run(int count)
    {
        ulong end = Next + (ulong)count;
        WaitFor.Condition(
            () =>
            {
                if (Next < end && Ring.InFlight == 0)
                    Post((int)Math.Min(end - Next, 16));
                Take();
                return Next == end && Ring.InFlight == 0;
            },
            $"{count} requests to be answered");
    }

    /// <summary>Breaks the ring as a malicious driver would.</summary>
    public void Corrupt()
    {
        // An available index that jumped by more than the queue size (virtio 1.4, section 2.7.13.3).
        ulong offset = Setup.Addresses.Driver - GuestBase + 2;
        MemoryMarshal.Write(_mapping.GetSpan(offset, 2), (ushort)0x7fff);
        Setup.Kick!.Signal();
    }

    public void Dispose()
    {
        Setup.Kick!.Dispose();
        Setup.Call!.Dispose();
        _journal.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }
}
