namespace Stratos.Transports.Keeper.Frontend;

/// <summary>What a frontend's request waits for.</summary>
internal enum PendingKind
{
    /// <summary>There is no request.</summary>
    None,
    /// <summary>The first worker, which says what the device is. The whole message is kept.</summary>
    Description,
    /// <summary>A worker that serves and knows what was set.</summary>
    Setting,
    /// <summary>A worker that does what was asked.</summary>
    Command,
}
