using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>
/// Finds what a worker has to be told next so that it comes to know the kept session. There is no queue of messages: the
/// difference between what is kept and what the worker was told is the queue, so a worker that lags, joins late or starts
/// again costs nothing, and a change that was overtaken is never sent.
/// </summary>
internal static class SyncPlan
{
    /// <summary>Writes the next message and takes it for told.</summary>
    /// <returns>What the message tells; <see cref="SyncStep.None"/> when there is nothing left to tell.</returns>
    public static SyncStep Next(KeptState kept, WorkerView view, SyncMessage message)
    {
        for (var item = KeptItem.ProtocolFeatures; item < KeptItem.Count; item++)
        {
            // The slots of the memory belong where the table is.
            if (item == KeptItem.LogBase && NextSlot(kept, view, message) is { Request: not FrontendRequest.None } slot) return slot;
            var revision = kept.RevisionOf(item);
            if (view.Revisions[(int)item] == revision) continue;
            view.Revisions[(int)item] = revision;
            if (revision == 0 || !Write(kept, view, item, message, out var request)) continue;
            view.Touch();
            return new(request, item, -1, default, revision);
        }
        for (var ring = 0; ring < kept.Rings.Length; ring++)
        {
            if (NextOfRing(kept.Rings[ring], ring, view, message) is { Request: not FrontendRequest.None } step) return step;
        }
        return SyncStep.None;
    }

    private static bool Write(KeptState kept, WorkerView view, KeptItem item, SyncMessage message, out FrontendRequest request)
    {
        var writer = message.Begin();
        switch (item)
        {
            case KeptItem.ProtocolFeatures:
                request = FrontendRequest.SetProtocolFeatures;
                writer.Write(kept.ProtocolFeatures);
                break;
            case KeptItem.Owner:
                request = FrontendRequest.SetOwner;
                break;
            case KeptItem.Features:
                request = FrontendRequest.SetFeatures;
                writer.Write(kept.Features);
                break;
            case KeptItem.MemoryTable:
                request = FrontendRequest.SetMemTable;
                if (!WriteTable(kept, view, message, ref writer)) return false;
                break;
            case KeptItem.LogBase:
                request = FrontendRequest.SetLogBase;
                writer.Write(kept.Log);
                message.Attach(kept.LogMemory);
                break;
            case KeptItem.LogDoorbell:
                request = FrontendRequest.SetLogFd;
                message.Attach(kept.LogDoorbell);
                break;
            case KeptItem.Inflight:
                request = FrontendRequest.SetInflightFd;
                writer.Write(kept.Inflight);
                message.Attach(kept.InflightMemory);
                break;
            case KeptItem.Channel:
                request = FrontendRequest.SetBackendReqFd;
                message.Attach(Session.KeptDescriptor.Channel);
                break;
            default:
                request = FrontendRequest.SetStatus;
                writer.Write(kept.Status);
                break;
        }
        message.End(ref writer, request);
        return true;
    }

    private static bool WriteTable(KeptState kept, WorkerView view, SyncMessage message, ref MessageWriter writer)
    {
        uint count = 0;
        foreach (ref readonly var region in kept.Memory.All) if (region.IsOfTable) count++;
        // All of its regions were removed one by one since; what the worker has goes the same way.
        if (count == 0) return false;
        view.Memory.Clear();
        writer.Write(new MemoryTableHeader(count));
        foreach (ref readonly var region in kept.Memory.All)
        {
            if (!region.IsOfTable) continue;
            writer.Write(region.Region);
            message.Attach(region.Descriptor);
            view.Memory.Add(region);
        }
        return true;
    }

    // Both lists ascend by revision and new regions only come at the end, so the first difference decides.
    private static SyncStep NextSlot(KeptState kept, WorkerView view, SyncMessage message)
    {
        var keep = kept.Memory.All;
        var told = view.Memory.All;
        var same = 0;
        while (same < keep.Length && same < told.Length && keep[same].Revision == told[same].Revision) same++;
        var request = same < told.Length ? FrontendRequest.RemMemReg : same < keep.Length ? FrontendRequest.AddMemReg : FrontendRequest.None;
        if (request == FrontendRequest.None) return SyncStep.None;
        var writer = message.Begin();
        var region = request == FrontendRequest.RemMemReg ? told[same] : keep[same];
        writer.Write(new SingleMemoryRegion(region.Region));
        if (request == FrontendRequest.RemMemReg)
        {
            view.Memory.RemoveAt(same);
        }
        else
        {
            message.Attach(region.Descriptor);
            view.Memory.Add(region);
        }
        message.End(ref writer, request);
        view.Touch();
        return new(request, KeptItem.MemorySlot, -1, default, region.Revision);
    }

    private static SyncStep NextOfRing(KeptRing ring, int index, WorkerView view, SyncMessage message)
    {
        for (var item = RingItem.Stop; item < RingItem.Count; item++)
        {
            var revision = ring.Revisions[(int)item];
            ref var told = ref view.Ring(index, item);
            if (told == revision) continue;
            told = revision;
            if (item == RingItem.Stop)
            {
                // Only a worker that was told of the doorbell has anything to stop.
                if (view.Ring(index, RingItem.Kick) == 0) continue;
                view.Ring(index, RingItem.Kick) = 0;
            }
            else if (revision == 0)
            {
                continue;
            }
            view.Touch();
            return new(WriteRing(ring, index, item, message), KeptItem.None, index, item, revision);
        }
        return SyncStep.None;
    }

    private static FrontendRequest WriteRing(KeptRing ring, int index, RingItem item, SyncMessage message)
    {
        var writer = message.Begin();
        FrontendRequest request;
        switch (item)
        {
            case RingItem.Stop:
                request = FrontendRequest.GetVringBase;
                writer.Write(new VringState((uint)index, 0));
                break;
            case RingItem.Number:
                request = FrontendRequest.SetVringNum;
                writer.Write(new VringState((uint)index, ring.Number));
                break;
            case RingItem.Base:
                request = FrontendRequest.SetVringBase;
                writer.Write(new VringState((uint)index, ring.Base));
                break;
            case RingItem.Address:
                request = FrontendRequest.SetVringAddr;
                writer.Write(ring.Address);
                break;
            case RingItem.Enable:
                request = FrontendRequest.SetVringEnable;
                writer.Write(new VringState((uint)index, ring.IsEnabled ? 1u : 0));
                break;
            default:
                request = item == RingItem.Kick ? FrontendRequest.SetVringKick
                    : item == RingItem.Call ? FrontendRequest.SetVringCall : FrontendRequest.SetVringErr;
                var doorbell = ring.Doorbell(item);
                writer.Write(VringDescriptor.For(index, doorbell != Session.KeptDescriptor.None));
                if (doorbell != Session.KeptDescriptor.None) message.Attach(doorbell);
                break;
        }
        message.End(ref writer, request);
        return request;
    }
}
