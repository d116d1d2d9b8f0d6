namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>The backend refused a request, answered against the protocol, or lacks what was asked for; the message says which and why.</summary>
public sealed class BackendRefusedException(string message) : Exception(message);
