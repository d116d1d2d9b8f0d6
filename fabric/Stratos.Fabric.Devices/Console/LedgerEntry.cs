namespace Stratos.Fabric.Devices.Console;

/// <summary>What is remembered of a request.</summary>
/// <param name="Sequence">The request's number in its queue's journal.</param>
/// <param name="Stream">The incarnation of the stream that <paramref name="Start"/> counts in; 0 for control messages.</param>
/// <param name="Start">The position of its first byte in the stream; or the control message.</param>
/// <param name="Length">The number of bytes, for input; or more about the control message.</param>
internal readonly record struct LedgerEntry(ulong Sequence, ulong Stream, ulong Start, ulong Length);
