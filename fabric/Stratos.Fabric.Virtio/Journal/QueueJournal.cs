using System.Runtime.CompilerServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Virtio.Journal;

/// <summary>The record of the requests in flight of one queue, in shared memory.</summary>
/// <remarks>
/// <para>The record has to be right at every instruction, as a process may be killed at any. What survives a kill is the
/// program order of the stores: those in front of the killed instruction reach memory, those behind it never happen.
/// Therefore every store whose place matters is a volatile one, which the compiler may not move, and no fence is needed
/// for it.</para>
/// <para>While a pump runs, it alone writes; it keeps private copies of whatever it needs and reads nothing back.</para>
/// </remarks>
public abstract unsafe class QueueJournal
{
    private readonly Mapping _mapping;
    private readonly ulong* _phases;

    private protected QueueJournal(Mapping mapping, nint region, nint phases, ushort capacity)
    {
        _mapping = mapping;
        Region = (byte*)region;
        _phases = (ulong*)phases;
        Capacity = capacity;
    }

    /// <summary>The largest queue that the journal can follow.</summary>
    public ushort Capacity { get; }

    /// <summary>Whether it is in use: a start of the queue recovers from it. False for zeroed memory and after <see cref="Reset"/>.</summary>
    public bool IsInitialised => Volatile.Read(ref *(ushort*)(Region + JournalLayout.VersionOffset)) != 0;

    /// <summary>Whether it records how far requests have come.</summary>
    public bool HasPhases => _phases != null;

    /// <summary>True once its file was found to be cut.</summary>
    public bool IsFaulted => _mapping.IsFaulted;

    /// <summary>Whether it is for packed rings.</summary>
    public abstract bool IsPacked { get; }

    /// <summary>The queue's in-flight region.</summary>
    private protected byte* Region { get; }

    /// <summary>The number that the next request gets.</summary>
    internal ulong NextSequence { get; private protected set; }

    /// <summary>Called between any two stores whose order matters; for tests and fault drills.</summary>
    internal Action<PumpStep>? Probe { get; set; }

    /// <summary>
    /// Forgets all requests: the next start begins where its state says. For a device reset or a queue reset, while no
    /// pump runs. Sequences go on from where they were.
    /// </summary>
    public void Reset() => Volatile.Write(ref *(ushort*)(Region + JournalLayout.VersionOffset), 0);

    /// <summary>Records that a request's effect is about to happen.</summary>
    internal void RecordStarted(ushort slot, ulong sequence) => RecordPhase(slot, sequence, RequestPhase.Started, 0);

    /// <summary>Records a request's completion.</summary>
    internal void RecordFinished(ushort slot, ulong sequence, uint written) => RecordPhase(slot, sequence, RequestPhase.Finished, written);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void RecordPhase(ushort slot, ulong sequence, RequestPhase phase, uint written)
    {
        if (_phases != null) { Volatile.Write(ref _phases[slot], PhaseWord.Of(sequence, phase, written)); }
    }

    private protected (RequestPhase Phase, uint Written) ReadPhase(ushort slot, ulong sequence) =>
        _phases == null ? (RequestPhase.Fetched, 0) : PhaseWord.Read(Volatile.Read(ref _phases[slot]), sequence);

    /// <summary>Why an initialised region cannot be used; null if it can.</summary>
    private protected string? RefuseHeader()
    {
        ushort version = Volatile.Read(ref *(ushort*)(Region + JournalLayout.VersionOffset));
        ushort entries = Volatile.Read(ref *(ushort*)(Region + JournalLayout.EntryCountOffset));
        return version != JournalLayout.Version ? $"the journal has version {version}; only {JournalLayout.Version} is known"
            : entries != Capacity ? $"the journal says that it has {entries} entries, and it has {Capacity}"
            : null;
    }

    /// <summary>Puts requests in the order in which they were fetched.</summary>
    private protected static InFlightRequest[] InOrder(List<InFlightRequest> requests) => [.. requests.OrderBy(request => request.Sequence)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void Step(PumpStep step) => Probe?.Invoke(step);
}
