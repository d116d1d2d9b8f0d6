namespace Stratos.Actors.Sessions;

/// <summary>Asks a session actor to run its session.</summary>
internal sealed record RunSession
{
    public static RunSession Instance { get; } = new();
}

/// <summary>Asks a session actor to end its session; answered by the device event that it ended.</summary>
internal sealed record StopSession
{
    public static StopSession Instance { get; } = new();
}

/// <summary>The session's thread is about to end. <paramref name="Run"/> tells a late end of an earlier run apart.</summary>
internal sealed record SessionThreadEnded(SessionRun Run, Exception? Cause);

/// <summary>The session did not end in the time that it has for it.</summary>
internal sealed record SessionOverdue;
