using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>Measures what the threads that serve requests allocate, between two of their steps.</summary>
internal sealed class AllocationMeter : IDisposable
{
    private readonly ThreadLocal<Reading> _readings = new(static () => new Reading(), trackAllValues: true);
    private volatile bool _measuring;

    public PumpOptions Options => new() { Probe = Probe };

    /// <summary>Bytes that all serving threads have allocated since the measurement began.</summary>
    public long Bytes => _readings.Values.Sum(static reading => reading.Last - reading.First);

    /// <summary>Steps that were seen since then; a measurement without any means nothing.</summary>
    public int Steps => _readings.Values.Sum(static reading => reading.Steps);

    public void Begin() => _measuring = true;

    public void Dispose() => _readings.Dispose();

    private void Probe(PumpStep step)
    {
        Reading reading = _readings.Value!;
        if (!_measuring) { return; }
        // The smaller of two: a collection that falls into a reading counts the rest of the thread's allocation buffer, up to
        // 8 KiB that nobody has used, and the next reading does not.
        reading.Last = Math.Min(GC.GetAllocatedBytesForCurrentThread(), GC.GetAllocatedBytesForCurrentThread());
        if (reading.Steps++ == 0) { reading.First = reading.Last; }
    }

    private sealed class Reading
    {
        public long First;
        public long Last;
        public int Steps;
    }
}
