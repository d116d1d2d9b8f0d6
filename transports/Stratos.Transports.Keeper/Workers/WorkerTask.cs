namespace Stratos.Transports.Keeper.Workers;

/// <summary>What the message was for that a worker has yet to answer.</summary>
internal enum WorkerTask
{
    /// <summary>Nothing is to be answered.</summary>
    None,
    Attach,
    AskFeatures,
    AskProtocolFeatures,
    Negotiate,
    AskMemorySlots,
    /// <summary>Tell it of a setting.</summary>
    Tell,
    Grant,
    /// <summary>Let it do what the frontend asked for.</summary>
    Command,
    /// <summary>Fetch the configuration space for the cache.</summary>
    FetchConfig,
    /// <summary>Stop a ring of a worker that leaves in order.</summary>
    Relieve,
    End,
}
