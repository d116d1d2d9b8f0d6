namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>The backend closed the connection or died. Requests in flight stay in the rings; the frontend can be connected again.</summary>
public sealed class BackendLostException(string message) : Exception(message);
