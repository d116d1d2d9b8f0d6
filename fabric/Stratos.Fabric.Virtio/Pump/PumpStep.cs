namespace Stratos.Fabric.Virtio.Pump;

/// <summary>
/// A place between two stores of a pump, at which a crash has its own consequences. Tests and fault drills die at them
/// on purpose (<see cref="PumpOptions.Probe"/>).
/// </summary>
public enum PumpStep
{
    /// <summary>A chain was read from the ring; nothing is recorded.</summary>
    Fetching,

    /// <summary>The chain is partly recorded.</summary>
    Recording,

    /// <summary>The chain is on record as in flight; no handler has seen it.</summary>
    Fetched,

    /// <summary>The handler has put on record that the effect is about to happen.</summary>
    Started,

    /// <summary>The completion is on record; it is not published.</summary>
    Finished,

    /// <summary>The journal is preparing a batch for publication.</summary>
    Retiring,

    /// <summary>A used element is written that the driver cannot see yet.</summary>
    UsedWritten,

    /// <summary>The driver can see the batch.</summary>
    Published,

    /// <summary>Some of the batch's marks in the journal are cleared.</summary>
    Clearing,

    /// <summary>The journal is done with the batch.</summary>
    Committed,
}
