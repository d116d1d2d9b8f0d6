namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Where a chain object is in its life.</summary>
internal enum ChainState : byte
{
    /// <summary>It stands for no request.</summary>
    Idle,

    /// <summary>It was taken from the ring and no handler has seen it.</summary>
    Fetched,

    /// <summary>A handler has it.</summary>
    Handed,

    /// <summary>The handler completed it; it is not published.</summary>
    Completed,

    /// <summary>The handler gave it back unserved.</summary>
    Released,

    /// <summary>The handler failed on it; whatever comes back for it is ignored.</summary>
    Abandoned,
}
