using System.Buffers.Binary;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>The driver of an <see cref="EchoDevice"/>'s queue: sends numbers and accounts for every answer.</summary>
internal sealed class EchoClient
{
    private readonly DriverRing _ring;
    private readonly Action _kick;
    private readonly EventFd? _call;
    private readonly GuestBuffer[] _questions;
    private readonly GuestBuffer[] _answers;
    private readonly Stack<int> _free = new();
    private ulong _next;

    public EchoClient(DriverRing ring, GuestHeap heap, int depth, Action kick, EventFd? call = null)
    {
        (_ring, _kick, _call) = (ring, kick, call);
        _questions = [.. Enumerable.Range(0, depth).Select(_ => heap.Allocate(8))];
        _answers = [.. Enumerable.Range(0, depth).Select(_ => heap.Allocate(8))];
        for (var i = 0; i < depth; i++) _free.Push(i);
    }

    public int InFlight => _ring.InFlight;

    public ulong Sent => _next;

    /// <summary>Puts as many numbers into the ring as there is room for.</summary>
    public void Fill()
    {
        while (_free.TryPop(out var slot))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_questions[slot].Span, _next);
            _answers[slot].Span.Clear();
            if (!_ring.TryAdd([_questions[slot].ToDevice, _answers[slot].FromDevice], (ulong)slot))
            {
                _free.Push(slot);
                break;
            }
            _next++;
        }
        if (_ring.Publish()) _kick();
    }

    /// <summary>Takes what was answered and checks it.</summary>
    public int Take()
    {
        _call?.TryConsume(out _);
        var count = 0;
        while (_ring.TryTake(out var slot, out var written))
        {
            Assert.Equal(8u, written);
            var question = BinaryPrimitives.ReadUInt64LittleEndian(_questions[(int)slot].Span);
            Assert.Equal(question + 1, BinaryPrimitives.ReadUInt64LittleEndian(_answers[(int)slot].Span));
            _free.Push((int)slot);
            count++;
        }
        return count;
    }

    /// <summary>Exchanges at least so many numbers and waits for the rest.</summary>
    public void Exchange(int count)
    {
        var until = _next + (ulong)count;
        while (_next < until)
        {
            Fill();
            AwaitOne();
        }
        while (InFlight > 0) AwaitOne();
    }

    /// <summary>Waits until at least one number was answered.</summary>
    public void AwaitOne()
    {
        var taken = 0;
        WaitFor.Condition(() => (taken += Take()) > 0 || !Sleep(), $"an answer to one of {InFlight} requests");
    }

    /// <summary>Sleeps by the rules of the ring, so that a lost notification shows. Always true.</summary>
    private bool Sleep()
    {
        if (_call is not null && _ring.ArmNotification()) Poll.Wait(_call.Descriptor, PollEvents.Readable, TimeSpan.FromSeconds(5));
        return true;
    }
}
