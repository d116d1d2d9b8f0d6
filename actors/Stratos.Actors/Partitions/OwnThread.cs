namespace Stratos.Actors.Partitions;

/// <summary>
/// The dispatcher that gives an actor a thread of its own. Everything that calls device code, waits for a pump or joins a
/// session runs on it, so that no slow device holds up another one, or the heartbeats of the cluster.
/// </summary>
internal static class OwnThread
{
    /// <summary>The dispatcher's key in the configuration.</summary>
    public const string Dispatcher = "stratos-own-thread";

    /// <summary>Its configuration.</summary>
    public const string Configuration = Dispatcher + " { type = PinnedDispatcher }";
}
