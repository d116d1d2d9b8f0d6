namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>A clock that stands still until a test moves it; timers fire on the thread that moves it.</summary>
internal sealed class PlayedTime : TimeProvider
{
    private readonly List<PlayedTimer> _timers = [];
    private long _ticks = new DateTimeOffset(2026, 2, 28, 23, 59, 50, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        PlayedTimer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_timers) { _timers.Add(timer); }
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        Interlocked.Add(ref _ticks, time.Ticks);
        PlayedTimer[] timers;
        lock (_timers) { timers = [.. _timers]; }
        foreach (PlayedTimer timer in timers) { timer.FireIfDue(); }
    }

    private sealed class PlayedTimer(PlayedTime time, Action fire) : ITimer
    {
        private long _due = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Volatile.Write(ref _due, dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.GetTimestamp() + dueTime.Ticks);
            return true;
        }

        public void FireIfDue()
        {
            if (Volatile.Read(ref _due) > time.GetTimestamp()) { return; }
            Volatile.Write(ref _due, long.MaxValue);
            fire();
        }

        public void Dispose() => Volatile.Write(ref _due, long.MaxValue);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
