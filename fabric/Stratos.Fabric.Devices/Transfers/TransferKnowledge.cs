namespace Stratos.Fabric.Devices.Transfers;

/// <summary>How much a host bus can tell of a transfer that was begun.</summary>
public enum TransferKnowledge
{
    /// <summary>Nothing, as with a real bus: it may have happened in whole, in part or not at all.</summary>
    None,

    /// <summary>It has not happened.</summary>
    NotDone,

    /// <summary>It has happened.</summary>
    Done,
}
