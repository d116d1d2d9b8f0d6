namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>The messages that a session keeper and a worker exchange beside the ordinary ones, with vhost-user's framing.</summary>
public enum KeeperRequest : uint
{
    /// <summary>Not a request.</summary>
    None = 0,
    /// <summary>Worker to keeper, first on the connection: who am I. Acknowledged with a <see cref="KeeperRefusal"/>.</summary>
    Hello = 0x5346_0001,
    /// <summary>Keeper to worker, after the acknowledgement of HELLO: the epoch page, and the device's state if it has any.</summary>
    Attach = 0x5346_0002,
    /// <summary>Keeper to worker: you own the session from now on; start the rings. Acknowledged when they run.</summary>
    Grant = 0x5346_0003,
    /// <summary>Keeper to worker: the frontend has gone; stop, reset, and be ready for a new session on the same connection.</summary>
    End = 0x5346_0004,
    /// <summary>
    /// Worker to keeper, at any time, not answered: relieve me. The keeper stops the rings of a granted worker one by one
    /// with GET_VRING_BASE, sends END, and closes the connection. Only then may the worker stop its rings or exit.
    /// </summary>
    Leave = 0x5346_0005,
}
