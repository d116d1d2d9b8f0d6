using System.Collections.Immutable;
using Stratos.Actors.Membership.Contracts;

namespace Stratos.Actors.Membership;

/// <summary>What the other partitions last said of themselves, by name. Written by the status actor, read by anybody.</summary>
internal sealed class PartitionDirectory
{
    private ImmutableSortedDictionary<string, PartitionStatus> _known = ImmutableSortedDictionary<string, PartitionStatus>.Empty;

    public ImmutableSortedDictionary<string, PartitionStatus> Known => Volatile.Read(ref _known);

    /// <summary>Takes a status unless a newer one of the same instance is known.</summary>
    public void Take(PartitionStatus status)
    {
        if (Known.TryGetValue(status.Name, out var known) && known.Instance == status.Instance && known.Revision >= status.Revision)
            return;
        Volatile.Write(ref _known, Known.SetItem(status.Name, status));
    }

    public void Forget(string name) => Volatile.Write(ref _known, Known.Remove(name));
}
