namespace Stratos.Transports.Keeper.Workers;

/// <summary>How far a worker has come.</summary>
internal enum WorkerPhase
{
    /// <summary>It is asked what its backend can do, and given the epoch page.</summary>
    Joining,
    /// <summary>It can be told of a session and granted it.</summary>
    Candidate,
    /// <summary>The grant was sent. From here on it may touch rings.</summary>
    Granting,
    /// <summary>It serves.</summary>
    Serving,
    /// <summary>It held the grant and was lost; its process has not ended yet.</summary>
    Fencing,
}
