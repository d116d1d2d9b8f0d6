using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Session;

// Refusals: a setting that a worker did not take, and a request that nobody served in time.
public sealed partial class KeeperSession
{
    // What a worker that serves took before is not the frontend's fault: the worker that refuses it now cannot serve.
    private void TellRefused(WorkerLink worker, long now)
    {
        var step = worker.Step;
        if (step.Request == FrontendRequest.RemMemReg || !IsKept(step)) return;
        var isOwn = step.Item is KeptItem.ProtocolFeatures or KeptItem.Channel || (step.Item == KeptItem.Inflight && _kept.InflightMemory == KeptDescriptor.Journal);
        if (isOwn)
        {
            Lose(worker, now, $"it refused {FrontendRules.Of(step.Request).Name}, which the keeper itself asks for");
            return;
        }
        if (step.Revision <= _acceptedRevision)
        {
            Lose(worker, now, $"it refused {FrontendRules.Of(step.Request).Name}, which another worker took");
            return;
        }
        _actions.Note(KeeperEvent.SettingRefused, worker.Id, (ulong)step.Request, "by a worker; it is not kept");
        Forget(step);
        if (_pending.Kind == PendingKind.Setting && _pending.Setting.Revision == step.Revision && _pending.IsAnswered) Finish(1);
        else Refuse($"{FrontendRules.Of(step.Request).Name} asks for something that cannot be");
    }

    private bool IsKept(in SyncStep step)
    {
        if (step.Ring >= 0) return _kept.Rings[step.Ring].Revisions[(int)step.RingItem] == step.Revision;
        return step.Item == KeptItem.MemorySlot ? FindRegion(step.Revision) >= 0 : _kept.RevisionOf(step.Item) == step.Revision;
    }

    private void Forget(in SyncStep step)
    {
        if (!IsKept(step)) return;
        if (step.Ring >= 0) _kept.Forget(step.Ring, step.RingItem);
        else if (step.Item != KeptItem.MemorySlot) _kept.Forget(step.Item);
        else _kept.RemoveRegion(FindRegion(step.Revision));
        // A worker that refused a table or a region has none of it.
        foreach (var worker in _workers)
            if (worker.Step.Revision == step.Revision) worker.View.Forget(step);
    }

    private int FindRegion(ulong revision)
    {
        var regions = _kept.Memory.All;
        for (var i = 0; i < regions.Length; i++) if (regions[i].Revision == revision) return i;
        return -1;
    }

    private void ExpirePending()
    {
        var request = _pending.Header.Request;
        var rule = FrontendRules.Of(_pending.Request);
        // To say that a setting failed is true; an answer with content of its own would have to be made up.
        // A reset that may still happen must not be called failed either.
        var canFail = _pending.IsAnswered && rule.Reply == ReplyKind.OnDemand &&
            _pending.Kind != PendingKind.Description && !(_pending.Kind == PendingKind.Command && IsReset(_pending.Request));
        _actions.Note(KeeperEvent.RequestExpired, 0, request, canFail ? "answered that it failed" : "the frontend is disconnected");
        if (_pending.Kind == PendingKind.Setting && _pending.Setting.Request != FrontendRequest.None) Forget(_pending.Setting);
        if (canFail) Finish(1);
        else CloseFrontend();
    }

    // A SET_STATUS that is a command is one of zero.
    private static bool IsReset(FrontendRequest command) => command is FrontendRequest.ResetDevice or FrontendRequest.SetStatus;
}
