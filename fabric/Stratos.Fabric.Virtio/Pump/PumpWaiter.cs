using System.Diagnostics;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>How a pump without work waits: first it polls for a bounded time, then it arms the doorbells and sleeps.</summary>
/// <remarks>
/// A wake-up costs about a hundred times what a look at the ring does, so a short poll pays while work keeps coming.
/// The sleep looks once more after each doorbell was armed: see <see cref="Doorbell"/> for the pump's own, and
/// <c>EnableKicks</c> of the rings for the driver's, which works the same way.
/// </remarks>
internal sealed class PumpWaiter(PumpLoop loop, Doorbell doorbell, QueueSetup setup, TimeSpan pollTime)
{
    private const int LooksBetweenClockReadings = 8;
    private const int PausesBetweenLooks = 2;

    /// <summary>How long a queue without a kick descriptor sleeps between polls.</summary>
    private static readonly TimeSpan s_withoutKick = TimeSpan.FromMicroseconds(50);

    /// <summary>How often a sleeping pump whose right can end looks whether it has.</summary>
    private static readonly TimeSpan s_rightCheck = TimeSpan.FromSeconds(1);

    private readonly long _pollTicks = (long)(pollTime.TotalSeconds * Stopwatch.Frequency);
    private readonly PollEntry[] _entries = new PollEntry[2];
    private bool _kickBroken;

    private bool HasKick => setup.Kick is not null && !_kickBroken;

    /// <summary>Waits until there may be work; returns for nothing at times.</summary>
    /// <param name="wantsChains">Whether chains that the driver makes available count as work.</param>
    internal void Wait(bool wantsChains)
    {
        if (PollForWork()) { return; }
        bool listens = wantsChains && HasKick;
        if (listens) { loop.ListenForKicks(true); }
        doorbell.FallAsleep();
        if (!HasWork()) { Sleep(listens, wantsChains); }
        doorbell.WakeUp();
        if (listens) { loop.ListenForKicks(false); }
    }

    private bool HasWork() => doorbell.IsRung || loop.HasWork;

    private bool PollForWork()
    {
        if (HasWork()) { return true; }
        if (_pollTicks <= 0) { return false; }
        long end = Stopwatch.GetTimestamp() + _pollTicks;
        do
        {
            for (int i = 0; i < LooksBetweenClockReadings; i++)
            {
                Thread.SpinWait(PausesBetweenLooks);
                if (HasWork()) { return true; }
            }
        }
        while (Stopwatch.GetTimestamp() < end);
        return false;
    }

    private void Sleep(bool listens, bool wantsChains)
    {
        _entries[0] = new PollEntry(doorbell.Descriptor, PollEvents.Readable);
        if (listens) { _entries[1] = new PollEntry(setup.Kick!.Descriptor, PollEvents.Readable); }
        TimeSpan timeout = wantsChains && !HasKick ? s_withoutKick
            : ReferenceEquals(setup.Epoch, EpochGate.Always) ? Timeout.InfiniteTimeSpan
            : s_rightCheck;
        Poll.Wait(_entries.AsSpan(0, listens ? 2 : 1), timeout);
        if (!listens || _entries[1].Returned is PollEvents.None) { return; }
        if (_entries[1].Returned is not PollEvents.Readable)
        {
            // Nobody can ring it any more; look at the ring instead of waking up for the error over and over.
            _kickBroken = true;
            return;
        }
        if (setup.Kick!.TryConsume(out _)) { loop.CountKick(); }
    }
}
