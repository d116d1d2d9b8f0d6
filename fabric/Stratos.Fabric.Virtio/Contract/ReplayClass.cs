namespace Stratos.Fabric.Virtio.Contract;

/// <summary>Whether a request that was started, and whose end nobody recorded, may be run a second time.</summary>
public enum ReplayClass
{
    /// <summary>Running it again has the same effect as running it once: reads, idempotent writes.</summary>
    Repeatable,

    /// <summary>A second run could be seen: a bus write, bytes to a terminal. The handler records
    /// <see cref="Rings.DescriptorChain.MarkStarted"/> before the effect and resolves it by evidence.</summary>
    Unrepeatable,
}
