using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>Host port: an SPI controller, real or simulated. One thread at a time.</summary>
public interface ISpiPort : IDisposable
{
    /// <summary>What the controller offers; does not change.</summary>
    SpiCapabilities Capabilities { get; }

    /// <summary>Whether a transfer takes microseconds and never waits, so that a queue's pump may run it itself.</summary>
    bool IsImmediate { get; }

    /// <summary>Makes a client known whose transfers the port is to remember, before its first one. Idempotent.</summary>
    void Join(ulong client);

    /// <summary>Makes one transfer.</summary>
    /// <param name="id">The transfer's name, for <see cref="Recall"/>.</param>
    /// <param name="settings">How; within the capabilities.</param>
    /// <param name="sent">What is written; empty if the transfer only reads.</param>
    /// <param name="received">The place for what is read; empty if the transfer only writes, else as long as what is written if anything is.</param>
    /// <param name="deliver">
    /// Called once, on the calling thread, with whether the transfer succeeded, when the place for what is read is filled. A
    /// port that remembers transfers counts this one as done from just after the call.
    /// </param>
    /// <returns>Whether it succeeded. A port reports what goes wrong on the bus so, never by an exception.</returns>
    bool Transfer(TransferId id, SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received, Action<bool> deliver);

    /// <summary>Deselects a chip that a driver may have left selected in the middle of a message: that driver is gone.</summary>
    void Deselect(byte chipSelect);

    /// <summary>
    /// What became of the client's newest transfer, whose issuer has died. A real bus has no evidence; a simulated one knows
    /// exactly.
    /// </summary>
    TransferFate Recall(TransferId id);
}
