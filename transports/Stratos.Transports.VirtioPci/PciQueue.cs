using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Transports.VirtioPci;

/// <summary>One virtqueue of a device: the driver's ring, the doorbell register, the interrupt. One thread.</summary>
public sealed class PciQueue : IDisposable
{
    private readonly IPciFunction _function;
    private readonly EventFd _interrupt = EventFd.Create();
    private PciPlace _doorbell;

    internal PciQueue(IPciFunction function, ushort index, DriverRing ring) => (_function, Index, Ring) = (function, index, ring);

    /// <summary>The virtqueue index.</summary>
    public ushort Index { get; }

    /// <summary>The driver's side of the ring.</summary>
    public DriverRing Ring { get; }

    /// <summary>The counter that the queue's interrupt adds to.</summary>
    internal EventFd Interrupt => _interrupt;

    /// <summary>Makes what was added to the ring available, and writes the doorbell register if the device wants it.</summary>
    public void Kick()
    {
        if (Ring.Publish()) { Notify(); }
    }

    /// <summary>Waits until the device has used a request.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>True if there is something to take; false after the time.</returns>
    public bool WaitForUsed(TimeSpan timeout)
    {
        long deadline = MonotonicClock.Nanoseconds + (long)timeout.TotalNanoseconds;
        Span<PollEntry> entries = [new(_interrupt.Descriptor, PollEvents.Readable)];
        while (Ring.ArmNotification())
        {
            long left = deadline - MonotonicClock.Nanoseconds;
            if (left <= 0) { return false; }
            Poll.Wait(entries, TimeSpan.FromMicroseconds((left + 999) / 1000));
            _interrupt.TryConsume(out _);
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _interrupt.Dispose();

    /// <summary>Tells where the doorbell is.</summary>
    internal void Attach(PciPlace doorbell) => _doorbell = doorbell;

    private void Notify() => Volatile.Write(
        ref MemoryMarshal.AsRef<ushort>(_function.Bar(_doorbell.Bar).Slice((int)_doorbell.Offset, sizeof(ushort))), Index);
}
