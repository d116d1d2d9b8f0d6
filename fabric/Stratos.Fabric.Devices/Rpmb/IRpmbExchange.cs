namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>What a card asks of whoever handed it a request.</summary>
public interface IRpmbExchange
{
    /// <summary>A key or write is about to take effect.</summary>
    void Starting();

    /// <summary>Takes one response frame; a later frame of the same index replaces it.</summary>
    void Respond(int index, ReadOnlySpan<byte> frame);

    /// <summary>Takes what became of a key or write, for result reads to come.</summary>
    void Ended(RpmbOutcome outcome);

    /// <summary>What became of the last key or write.</summary>
    RpmbOutcome LastOutcome { get; }
}
