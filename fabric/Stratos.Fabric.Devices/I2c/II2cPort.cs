using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>Host port: an I2C bus, real or simulated, as its master uses it. One thread at a time.</summary>
public interface II2cPort : IDisposable
{
    /// <summary>Whether a transfer takes microseconds and never waits, so that a queue's pump may run it itself.</summary>
    bool IsImmediate { get; }

    /// <summary>Makes a client known whose transfers the port is to remember, before its first one. Idempotent.</summary>
    void Join(ulong client);

    /// <summary>
    /// Runs messages as one transfer: START, a repeated START between messages, STOP behind the last. It ends at the first
    /// message that fails.
    /// </summary>
    /// <param name="id">The transfer's name, for <see cref="Recall"/>.</param>
    /// <param name="messages">The messages, one or more.</param>
    /// <param name="deliver">
    /// Called once, on the calling thread, with the result, when the places for what was read are filled. A port that
    /// remembers transfers counts this one as done from just after the call.
    /// </param>
    /// <returns>The result. A port reports what goes wrong on the bus as a fault, never by an exception.</returns>
    I2cResult Transfer(TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver);

    /// <summary>
    /// What became of the client's newest transfer, whose issuer has died. A real bus has no evidence; a simulated one knows
    /// exactly.
    /// </summary>
    TransferFate Recall(TransferId id);
}
