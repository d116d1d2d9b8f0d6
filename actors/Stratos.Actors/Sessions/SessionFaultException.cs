namespace Stratos.Actors.Sessions;

/// <summary>A session ended though nobody asked it to. Thrown by the session actor, so that supervision acts.</summary>
internal sealed class SessionFaultException(string name, Exception? cause)
    : Exception(cause is null ? $"{name} ended by itself" : $"{name}: {cause.Message}", cause);
