namespace Stratos.Fabric.Linux;

/// <summary>Which directions of a stream are closed.</summary>
public enum ShutdownDirection
{
    /// <summary>Nothing more will be received.</summary>
    Receive = 0,

    /// <summary>Nothing more will be sent; the peer sees the end.</summary>
    Send = 1,

    /// <summary>Both.</summary>
    Both = 2,
}
