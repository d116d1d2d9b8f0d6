namespace Stratos.Fabric.Virtio.Journal;

/// <summary>How far a request in flight has come.</summary>
public enum RequestPhase
{
    /// <summary>Taken from the ring; nothing has happened.</summary>
    Fetched = 0,

    /// <summary>Its effect was about to happen.</summary>
    Started = 1,

    /// <summary>Its effect has happened and its result is known; the driver was not told.</summary>
    Finished = 2,
}
