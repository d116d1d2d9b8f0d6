namespace Stratos.Fabric.Virtio.Contract;

/// <summary>What to do with an unrepeatable request that was started before a crash.</summary>
/// <param name="Replay">True to run it (the evidence says that it had no effect).</param>
/// <param name="Written">The number of bytes written, when it is completed without a run.</param>
public readonly record struct Resolution(bool Replay, uint Written)
{
    /// <summary>It never took effect: run it.</summary>
    public static Resolution Run => new(true, 0);

    /// <summary>It took effect, or its fate is unknown and its error status was written: complete it.</summary>
    public static Resolution Complete(uint written) => new(false, written);
}
