namespace Stratos.Fabric.Devices.Transfers;

/// <summary>What a host bus knows of a transfer whose issuer has died.</summary>
/// <param name="Knowledge">Whether it knows anything.</param>
/// <param name="Completed">How many of the transfer's messages had succeeded, when it was done.</param>
public readonly record struct TransferFate(TransferKnowledge Knowledge, int Completed)
{
    /// <summary>There is no evidence.</summary>
    public static TransferFate Unknown => new(TransferKnowledge.None, 0);

    /// <summary>It had no effect and may be run.</summary>
    public static TransferFate NotDone => new(TransferKnowledge.NotDone, 0);

    /// <summary>It was done, all that was read was delivered, and it must not be run again.</summary>
    /// <param name="completed">How many of its messages had succeeded.</param>
    public static TransferFate Done(int completed) => new(TransferKnowledge.Done, completed);
}
