namespace Stratos.Fabric.Virtio.Journal;

/// <summary>A request that a journal holds.</summary>
/// <param name="Slot">Its entry.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Phase">How far it had come.</param>
/// <param name="Written">Bytes that its recorded completion reports; not to be trusted.</param>
/// <param name="RingLength">Packed: elements of the descriptor ring that it occupies. Split: 0.</param>
internal readonly record struct InFlightRequest(ushort Slot, ulong Sequence, RequestPhase Phase, uint Written, ushort RingLength);
