using System.Collections.Immutable;
using Stratos.Actors.Membership.Contracts;

namespace Stratos.Actors.Membership;

/// <summary>What the other partitions last said of themselves, by name. Written by the status actor, read by anybody.</summary>
internal sealed class PartitionDirectory
{
    private ImmutableSortedDictionary<string, PartitionStatus> _known = ImmutableSortedDictionary<string, PartitionStatus>.Empty;

    public ImmutableSortedDictionary<string, PartitionStatus> Known => Volatile.Read(ref _known);

    /// <summary>Takes a status unless a newer one of the same instance is known.</summary>
    /// <returns>Whether nothing was known of that instance before.</returns>
    public bool Take(PartitionStatus status)
    {
        bool isNew = !Known.TryGetValue(status.Name, out var known) || known.Instance != status.Instance;
        if (isNew || known!.Revision < status.Revision)
            Volatile.Write(ref _known, Known.SetItem(status.Name, status));
        return isNew;
    }

    public void Forget(string name) => Volatile.Write(ref _known, Known.Remove(name));
}
