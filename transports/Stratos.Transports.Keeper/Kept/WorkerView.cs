namespace Stratos.Transports.Keeper.Kept;

/// <summary>What one worker was told of the session: the revision of each setting, as sent.</summary>
internal sealed class WorkerView(int queues)
{
    public ulong[] Revisions { get; } = new ulong[(int)KeptItem.Count];

    /// <summary>Revisions of the rings' settings, by ring and <see cref="RingItem"/>.</summary>
    public ulong[] RingRevisions { get; } = new ulong[queues * (int)RingItem.Count];

    public RegionList Memory { get; } = new();

    /// <summary>Whether the worker was told anything that it has to forget when the session ends.</summary>
    public bool HasAnything { get; private set; }

    public ref ulong Ring(int ring, RingItem item) => ref RingRevisions[(ring * (int)RingItem.Count) + (int)item];

    public void Touch() => HasAnything = true;

    /// <summary>The worker, which knew everything, has itself brought about what changed since: it need not be told.</summary>
    public void Adopt(KeptState kept)
    {
        for (var item = KeptItem.ProtocolFeatures; item < KeptItem.Count; item++) Revisions[(int)item] = kept.RevisionOf(item);
        for (var ring = 0; ring < kept.Rings.Length; ring++)
            kept.Rings[ring].Revisions.CopyTo(RingRevisions, ring * (int)RingItem.Count);
    }

    /// <summary>The worker refused a setting, so it has nothing of it.</summary>
    public void Forget(in SyncStep step)
    {
        if (step.Item == KeptItem.MemoryTable) Memory.Clear();
        for (var i = Memory.Count - 1; step.Item == KeptItem.MemorySlot && i >= 0; i--)
            if (Memory.All[i].Revision == step.Revision) Memory.RemoveAt(i);
    }

    public void Clear()
    {
        Array.Clear(Revisions);
        Array.Clear(RingRevisions);
        Memory.Clear();
        HasAnything = false;
    }
}
