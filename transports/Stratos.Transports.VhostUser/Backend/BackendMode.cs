namespace Stratos.Transports.VhostUser.Backend;

/// <summary>How a backend's connection comes about.</summary>
public enum BackendMode
{
    /// <summary>The backend listens; frontends connect, one at a time.</summary>
    Listen,

    /// <summary>A frontend listens (QEMU's <c>server=on</c>); the backend connects, and again when it was disconnected.</summary>
    Connect,

    /// <summary>A session keeper listens; the backend connects as its worker.</summary>
    Keeper,
}
