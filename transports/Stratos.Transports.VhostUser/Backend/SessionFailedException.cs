namespace Stratos.Transports.VhostUser.Backend;

/// <summary>The session cannot go on, whatever the frontend asked for: it is closed and the device reset.</summary>
internal sealed class SessionFailedException(string reason, Exception? inner = null) : Exception(reason, inner);
