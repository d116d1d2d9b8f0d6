namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>A clock that goes on when it is told to.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _nanoseconds = 1_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Volatile.Read(ref _nanoseconds);

    public void Advance(long nanoseconds) => Interlocked.Add(ref _nanoseconds, nanoseconds);
}
