namespace Stratos.Fabric.Devices.Can;

/// <summary>What became of a frame that was to be sent.</summary>
public enum CanFate
{
    /// <summary>The port cannot tell: it keeps no record, or lost it.</summary>
    Unknown,

    /// <summary>The port never got it.</summary>
    NeverOffered,

    /// <summary>The port has it, and it is not on the bus yet.</summary>
    Pending,

    /// <summary>It was sent and acknowledged, once.</summary>
    Sent,

    /// <summary>It was not sent and never will be.</summary>
    Cancelled,
}
