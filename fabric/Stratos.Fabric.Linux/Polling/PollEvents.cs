namespace Stratos.Fabric.Linux;

/// <summary>What to wait for on a descriptor, and what happened to it.</summary>
[Flags]
public enum PollEvents : uint
{
    /// <summary>Nothing; errors and hang-ups are reported all the same.</summary>
    None = 0,

    /// <summary>There is something to read, or a listener has a connection, or a process handle's process has exited.</summary>
    Readable = 1,

    /// <summary>There is urgent or exceptional data.</summary>
    Priority = 2,

    /// <summary>There is room to write.</summary>
    Writable = 4,

    /// <summary>The descriptor is in error. Reported only; need not be asked for.</summary>
    Error = 8,

    /// <summary>Both directions are closed. Reported only; need not be asked for.</summary>
    HangUp = 0x10,

    /// <summary>The number is not an open descriptor (only from <see cref="Poll"/>).</summary>
    Invalid = 0x20,

    /// <summary>The peer of a stream closed its writing side.</summary>
    PeerClosed = 0x2000,

    /// <summary>Report once, then stay silent until modified (only for <see cref="Poller"/>).</summary>
    OneShot = 1u << 30,

    /// <summary>Report changes instead of states (only for <see cref="Poller"/>).</summary>
    EdgeTriggered = 1u << 31,
}
