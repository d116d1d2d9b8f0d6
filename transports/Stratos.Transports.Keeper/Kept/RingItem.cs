namespace Stratos.Transports.Keeper.Kept;

/// <summary>The settings of a ring, in the order in which a worker is told of them.</summary>
internal enum RingItem
{
    /// <summary>That the ring was stopped; its revision grows with each stop.</summary>
    Stop,
    Number,
    Base,
    Address,
    Call,
    Error,
    /// <summary>The driver's doorbell; while it is kept the ring counts as started.</summary>
    Kick,
    Enable,
    Count,
}
