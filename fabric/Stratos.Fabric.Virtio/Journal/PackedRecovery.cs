namespace Stratos.Fabric.Virtio.Journal;

/// <summary>
/// Sorts the entries of a packed journal into free ones and those of requests in flight. Every link in it may be a lie:
/// each entry is visited once at most, and what does not add up is refused.
/// </summary>
internal sealed class PackedRecovery(PackedJournal journal, ushort queueSize)
{
    private readonly bool[] _visited = new bool[journal.Capacity];

    /// <summary>Lists the requests in flight.</summary>
    /// <param name="freeHead">The head of the free list.</param>
    /// <param name="requests">The requests, oldest first.</param>
    /// <returns>What does not add up; null if all does.</returns>
    internal string? Collect(ushort freeHead, out InFlightRequest[] requests)
    {
        requests = [];
        ClearFreeList(freeHead);
        List<InFlightRequest> found = [];
        ulong newest = 0;
        int total = 0;
        for (ushort i = 0; i < journal.Capacity; i++)
        {
            (bool inFlight, ulong sequence, ushort last, ushort count) = journal.ReadEntry(i);
            newest = Math.Max(newest, sequence);
            if (!inFlight || _visited[i]) { continue; }
            if (count == 0 || (total += count) > queueSize) { return $"the journal has a request of {count} descriptors in entry {i}, {total} in all, in a queue of {queueSize}"; }
            if (WalkRequest(i, last, count) is { } problem) { return problem; }
            found.Add(journal.Adopt(i, sequence, last, count));
        }
        int lost = _visited.Count(visited => !visited);
        if (lost > 0) { return $"{lost} of the journal's {journal.Capacity} entries are neither free nor in flight"; }
        journal.ContinueAfter(newest);
        requests = [.. found.OrderBy(request => request.Sequence)];
        return null;
    }

    private void ClearFreeList(ushort entry)
    {
        while (entry < journal.Capacity && !_visited[entry])
        {
            _visited[entry] = true;
            journal.ClearMark(entry);
            entry = journal.AdoptLink(entry);
        }
    }

    private string? WalkRequest(ushort head, ushort last, ushort count)
    {
        ushort entry = head;
        for (int i = 1; ; i++)
        {
            if (entry >= journal.Capacity || _visited[entry]) { return $"the journal's request in entry {head} runs into entry {entry}, which is none of its own"; }
            _visited[entry] = true;
            ushort next = journal.AdoptLink(entry);
            if (i == count) { return entry == last ? null : $"the journal's request in entry {head} ends in entry {entry} and says {last}"; }
            entry = next;
        }
    }
}
