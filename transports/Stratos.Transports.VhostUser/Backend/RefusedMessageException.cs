namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// A message asks for something that cannot be. Nothing has been changed: a frontend that asked for an acknowledgement
/// gets a negative one and the session goes on; otherwise the session ends.
/// </summary>
internal sealed class RefusedMessageException(string reason) : Exception(reason);
