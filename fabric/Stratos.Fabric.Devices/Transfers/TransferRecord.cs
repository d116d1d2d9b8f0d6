using System.Numerics;

namespace Stratos.Fabric.Devices.Transfers;

/// <summary>What a device remembers of its newest transfer, which may stand for several requests of its queue.</summary>
/// <param name="First">Sequence of the first request.</param>
/// <param name="Members">
/// Which sequences the requests have: bit n for <paramref name="First"/> + n. They have gaps where a server died while it
/// took a request from the ring.
/// </param>
/// <param name="Completed">How many of them succeeded; the others failed. Of meaning once it is over.</param>
/// <param name="IsOver">False from just before the transfer's effect until its result is on record.</param>
/// <param name="IsOpen">Whether the last request asked that the next one fail if it fails.</param>
internal readonly record struct TransferRecord(ulong First, ulong Members, int Completed, bool IsOver, bool IsOpen)
{
    /// <summary>Sequences that a record can span.</summary>
    public const int Span = 64;

    /// <summary>The record of a request that stands for itself, before its effect.</summary>
    public static TransferRecord Of(ulong sequence) => new(sequence, 1, 0, IsOver: false, IsOpen: false);

    /// <summary>Number of requests.</summary>
    public int Count => BitOperations.PopCount(Members);

    /// <summary>Whether a later request has to fail because this one's last did.</summary>
    public bool FailsNext => IsOver && IsOpen && Completed < Count;

    /// <summary>Whether a request is one of them.</summary>
    public bool Contains(ulong sequence) => sequence >= First && sequence - First < Span && (Members >> (int)(sequence - First) & 1) != 0;

    /// <summary>Whether a request of the record succeeded.</summary>
    public bool Succeeded(ulong sequence)
    {
        ulong before = Members & ((1UL << (int)(sequence - First)) - 1);
        return Contains(sequence) && BitOperations.PopCount(before) < Completed;
    }

    /// <summary>The record with one more request.</summary>
    public TransferRecord With(ulong sequence, bool isOpen) => this with { Members = Members | 1UL << (int)(sequence - First), IsOpen = isOpen };
}
