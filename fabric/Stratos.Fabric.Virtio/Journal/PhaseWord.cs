namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// The fabric's record of one request in flight: one aligned 8-byte word, so that it changes by a single store.
/// Bits 0 to 31: bytes written. Bits 32 to 61: the low bits of the request's sequence. Bits 62 and 63: the phase.
/// </summary>
/// <remarks>
/// The sequence tells a word apart that belongs to an earlier request of the same entry. That happens when a foreign
/// backend, which does not write these words, had the queue in between.
/// </remarks>
internal static class PhaseWord
{
    private const ulong SequenceMask = (1UL << 30) - 1;

    /// <summary>The word of a request.</summary>
    internal static ulong Of(ulong sequence, RequestPhase phase, uint written) =>
        written | ((sequence & SequenceMask) << 32) | ((ulong)phase << 62);

    /// <summary>Reads a word as that of a request; one that belongs to another request, or makes no sense, says "fetched".</summary>
    internal static (RequestPhase Phase, uint Written) Read(ulong word, ulong sequence) =>
        ((word >> 32) & SequenceMask) != (sequence & SequenceMask) ? (RequestPhase.Fetched, 0)
        : (word >> 62) switch
        {
            1 => (RequestPhase.Started, 0),
            2 => (RequestPhase.Finished, (uint)word),
            _ => (RequestPhase.Fetched, 0),
        };
}
