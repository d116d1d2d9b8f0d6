using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>Wakes a pump from other threads; costs a system call only when the pump sleeps.</summary>
/// <remarks>
/// The pump says that it falls asleep and then looks once more whether there is work; a caller makes the work visible and
/// then looks whether the pump sleeps. Each has a full fence between the two, so at least one sees the other: either the
/// pump finds the work, or the caller rings.
/// </remarks>
internal sealed class Doorbell : IDisposable
{
    private readonly EventFd _event = EventFd.Create();
    private int _asleep;
    private int _rung;

    /// <summary>What the pump waits on.</summary>
    internal FileDescriptor Descriptor => _event.Descriptor;

    /// <summary>Whether it was rung since <see cref="Answer"/>. The pump's thread.</summary>
    internal bool IsRung => Volatile.Read(ref _rung) != 0;

    /// <summary>Rings, for work that the pump has no other way to see. Any thread.</summary>
    internal void Ring()
    {
        Volatile.Write(ref _rung, 1);
        Interlocked.MemoryBarrier();
        Rouse();
    }

    /// <summary>Wakes the pump if it sleeps. Any thread, after a full fence behind the write that made the work visible.</summary>
    internal void Rouse()
    {
        if (Volatile.Read(ref _asleep) == 0 || Interlocked.Exchange(ref _asleep, 0) == 0) { return; }
        try
        {
            _event.Signal();
        }
        catch (ObjectDisposedException)
        {
            // The pump woke up by other means, found what this ring was for, and has ended since.
        }
    }

    /// <summary>Takes note of the ring. The pump's thread; it looks for work afterwards.</summary>
    internal void Answer()
    {
        // Full fence: a ring after this store finds the flag clear and sets it again; work before it is seen by what follows.
        if (IsRung) { Interlocked.Exchange(ref _rung, 0); }
    }

    /// <summary>Says that the pump falls asleep; it looks for work afterwards, and does not sleep if there is some.</summary>
    internal void FallAsleep()
    {
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Says that the pump is awake.</summary>
    internal void WakeUp()
    {
        // Whoever took the flag rings, or has rung; one wake-up too many is harmless, and the counter is taken below at the latest next time.
        Interlocked.Exchange(ref _asleep, 0);
        _event.TryConsume(out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
