namespace Stratos.Fabric.Devices.Gpio.Simulated;

/// <summary>A simulated line at one moment.</summary>
/// <param name="Direction">What the device uses it for.</param>
/// <param name="Level">Its level: what the device drives while it is an output, else what is outside.</param>
/// <param name="Outside">The level that is applied from outside.</param>
/// <param name="Transitions">How often the level has changed since the bank was new; odd while it is high.</param>
/// <param name="Listening">What of it the device listens to.</param>
/// <param name="Acknowledged">
/// How many of the transitions the driver has taken note of; null while it has not unmasked the line's interrupt yet.
/// </param>
public readonly record struct GpioLineView(
    GpioDirection Direction, bool Level, bool Outside, ulong Transitions, GpioInterruptType Listening, ulong? Acknowledged)
{
    /// <summary>How often it went from low to high.</summary>
    public ulong Rises => (Transitions + 1) / 2;

    /// <summary>How often it went from high to low.</summary>
    public ulong Falls => Transitions / 2;

    /// <summary>Whether the driver listens, and has taken note of all edges that it listens to.</summary>
    public bool IsAcknowledged => Acknowledged is { } noted && LineEdges.Count(Edges, noted, Transitions) == 0;

    // A driver that is told of a level takes note of every change of it.
    private GpioInterruptType Edges =>
        Listening is GpioInterruptType.HighLevel or GpioInterruptType.LowLevel ? GpioInterruptType.BothEdges : Listening;
}
