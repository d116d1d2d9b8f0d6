namespace Stratos.Transports.Keeper.Kept;

/// <summary>The settings of a session that are not a ring's, in the order in which a worker is told of them.</summary>
internal enum KeptItem
{
    ProtocolFeatures,
    Owner,
    Features,
    MemoryTable,
    LogBase,
    LogDoorbell,
    Inflight,
    Channel,
    Status,
    Count,
    /// <summary>Not one item but the slots of the memory; it has no revision.</summary>
    MemorySlot = Count,
    /// <summary>No item.</summary>
    None,
}
