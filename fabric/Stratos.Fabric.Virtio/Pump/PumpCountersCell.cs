namespace Stratos.Fabric.Virtio.Pump;

/// <summary>The counters of a running pump: written by its thread, read by any.</summary>
/// <remarks>Aligned 64-bit loads and stores are whole on the platforms that the fabric runs on; a reading need not be of one moment.</remarks>
internal struct PumpCountersCell
{
    internal ulong Fetched;
    internal ulong Completed;
    internal ulong Recovered;
    internal ulong Kicks;
    internal ulong Notifications;
    internal ulong Passes;

    /// <summary>A reading.</summary>
    internal PumpCounters Read() => new(
        Volatile.Read(ref Fetched), Volatile.Read(ref Completed), Volatile.Read(ref Recovered),
        Volatile.Read(ref Kicks), Volatile.Read(ref Notifications), Volatile.Read(ref Passes));
}
