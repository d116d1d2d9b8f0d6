using Stratos.Fabric.Linux;

namespace Stratos.Workload;

/// <summary>
/// Measures how long a load stands still when its device's server is killed. A signal takes its time to end a process,
/// and a completion that is seen after the end may have been made before it. So the meter does not take the first one:
/// until more requests completed after the death than can have been in flight, it looks for the longest silence, and
/// reports the time from the kill to the end of that silence.
/// </summary>
/// <remarks>The load calls <see cref="Completed"/>; another thread begins and ends measurements, one at a time.</remarks>
public sealed class BlackoutMeter
{
    private readonly object _lock = new();
    private long _begin;
    private long _last;
    private long _longest;
    private long _longestEnd;
    private long _missing;
    private bool _open;

    /// <summary>Begins a measurement; call it right before the kill.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _begin = _last = MonotonicClock.Nanoseconds;
            _longest = _longestEnd = 0;
            _missing = long.MaxValue;
            _open = true;
        }
    }

    /// <summary>The server is proven dead.</summary>
    /// <param name="inFlight">Most requests that can be in flight.</param>
    public void Died(int inFlight)
    {
        lock (_lock) { _missing = inFlight + 1; }
    }

    /// <summary>Takes note of completions that were seen now.</summary>
    public void Completed(int count)
    {
        if (!Volatile.Read(ref _open))
            return;
        lock (_lock)
        {
            if (!_open)
                return;
            var now = MonotonicClock.Nanoseconds;
            if (now - _last > _longest)
                (_longest, _longestEnd) = (now - _last, now);
            _last = now;
            _missing -= count;
            if (_missing > 0)
                return;
            _open = false;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits for the end of the measurement.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>The blackout; null if too few requests completed in time.</returns>
    public TimeSpan? End(TimeSpan timeout)
    {
        var deadline = MonotonicClock.Nanoseconds + (long)timeout.TotalNanoseconds;
        lock (_lock)
        {
            while (_open)
            {
                var left = (deadline - MonotonicClock.Nanoseconds) / 1_000_000;
                if (left <= 0)
                    return null;
                Monitor.Wait(_lock, (int)left);
            }
            return TimeSpan.FromTicks((_longestEnd - _begin) / 100);
        }
    }
}
