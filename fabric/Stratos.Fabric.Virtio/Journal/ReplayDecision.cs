using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>What becomes of a request that a previous owner left in flight.</summary>
public enum ReplayDecision
{
    /// <summary>Run it.</summary>
    Run,

    /// <summary>Ask the handler what became of it.</summary>
    Resolve,

    /// <summary>Publish the completion that was recorded; do not run it.</summary>
    Publish,
}

/// <summary>The rule of recovery.</summary>
public static class Replay
{
    /// <summary>Decides by how far the request had come and whether it may run twice.</summary>
    public static ReplayDecision Decide(RequestPhase phase, ReplayClass replayClass) => (phase, replayClass) switch
    {
        (RequestPhase.Finished, _) => ReplayDecision.Publish,
        (RequestPhase.Started, ReplayClass.Unrepeatable) => ReplayDecision.Resolve,
        _ => ReplayDecision.Run,
    };
}
