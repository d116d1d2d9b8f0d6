namespace Stratos.Fabric.Virtio.Pump;

/// <summary>A reading of a pump's counters; each only grows while the pump runs.</summary>
/// <param name="Fetched">Chains taken from the ring.</param>
/// <param name="Completed">Chains published as used.</param>
/// <param name="Recovered">Chains that a previous owner had left in flight.</param>
/// <param name="Kicks">Wake-ups by the driver's doorbell.</param>
/// <param name="Notifications">Doorbells rung for the driver.</param>
/// <param name="Passes">Rounds of the loop; a pump that neither sleeps nor passes hangs.</param>
public readonly record struct PumpCounters(ulong Fetched, ulong Completed, ulong Recovered, ulong Kicks, ulong Notifications, ulong Passes);
