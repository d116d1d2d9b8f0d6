using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// The grant: who gets it, how it ends, and that nobody gets it before the last holder is fenced.
public sealed partial class KeeperSession
{
    /// <summary>A worker's process could not be killed; it is tried again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">Its number.</param>
    /// <param name="reason">Why, for the log.</param>
    public void KillFailed(long now, int worker, string reason)
    {
        if (Find(worker) is { Phase: WorkerPhase.Fencing }) _actions.Note(KeeperEvent.Unfenced, worker, 0, reason);
        Progress(now);
    }

    private void TryGrant(long now)
    {
        if (!(_hasBegun || _owesReset) || _holder is not null || _isEnding) return;
        var count = 0;
        foreach (var worker in _workers)
        {
            if (worker.Phase != WorkerPhase.Candidate || worker.MustEnd || worker.Leaves) continue;
            var isReady = worker.IsIdle && (_owesReset ? !worker.View.HasAnything : worker.SyncedRevision == _kept.Revision);
            _candidates[count++] = new(worker.Id, worker.Role, worker.Instance, isReady);
        }
        var chosen = _policy.Choose(_candidates.AsSpan(0, count), _isFailover);
        if (chosen >= 0 && chosen < count && _candidates[chosen].IsReady) Grant(Find(_candidates[chosen].Worker)!, now);
    }

    private void Grant(WorkerLink worker, long now)
    {
        RaiseEpoch();
        _holder = worker;
        worker.Phase = WorkerPhase.Granting;
        // The session before ended without anybody to reset the device: a grant of nothing, and END, have it reset.
        worker.MustEnd = _owesReset;
        _isStateUsed = true;
        _actions.Note(_owesReset ? KeeperEvent.Resetting : KeeperEvent.Granted, worker.Id, _epoch);
        SendRequest(worker, WorkerTask.Grant, (uint)KeeperRequest.Grant, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _epoch)), now);
        worker.View.Touch();
    }

    private void Serves(WorkerLink worker)
    {
        worker.Phase = WorkerPhase.Serving;
        if (_owesReset) return;
        _isFailover = false;
        // Another process may have another configuration than the one that was served before.
        _configIsStale = true;
        _actions.Note(KeeperEvent.Serving, worker.Id, _epoch);
        foreach (var other in _workers)
            if (other.IsIdle && other.SyncedRevision == _kept.Revision) Announce(other);
    }

    // The epoch grows when a grant is given and when it is taken, so that the page never shows an epoch that is over.
    private void RaiseEpoch()
    {
        _epoch++;
        _actions.Add(KeeperActionKind.RaiseEpoch, 0, _epoch);
    }

    private void Lose(WorkerLink worker, long now, string reason)
    {
        if (worker.Phase == WorkerPhase.Fencing) return;
        _actions.Note(KeeperEvent.WorkerLost, worker.Id, 0, reason);
        worker.Settle();
        if (!worker.HoldsGrant)
        {
            Remove(worker);
            return;
        }
        worker.Phase = WorkerPhase.Fencing;
        _isFailover = _hasFrontend;
        _pending.IsSent = false;
        RaiseEpoch();
        _actions.Add(KeeperActionKind.MuteWorker, worker.Id);
        if (worker.HasExited)
        {
            Fenced(worker);
            return;
        }
        _actions.Note(KeeperEvent.Fencing, worker.Id);
        Kill(worker, now);
    }

    private void Kill(WorkerLink worker, long now)
    {
        _actions.Add(KeeperActionKind.KillWorker, worker.Id);
        worker.RetryAt(now + _limits.KillRetry);
    }

    private void Fenced(WorkerLink worker)
    {
        _actions.Note(KeeperEvent.Fenced, worker.Id, _epoch);
        _holder = null;
        Remove(worker);
    }

    private void Remove(WorkerLink worker)
    {
        _workers.Remove(worker);
        _actions.Add(KeeperActionKind.DropWorker, worker.Id);
    }

    private void Ended(WorkerLink worker)
    {
        worker.View.Clear();
        (worker.MustEnd, worker.IsAnnounced) = (false, false);
        worker.SyncedRevision = ulong.MaxValue;
        if (worker == _holder)
        {
            _holder = null;
            worker.Phase = WorkerPhase.Candidate;
            _isFailover = _hasFrontend && !_owesReset;
            // One that leaves does not reset the device, as its session goes on; another worker has to if it does not.
            if (!worker.Leaves) (_isStateUsed, _owesReset) = (false, false);
            RaiseEpoch();
            _actions.Note(KeeperEvent.Ended, worker.Id, _epoch);
        }
        if (worker.Leaves) _actions.Note(KeeperEvent.WorkerLeft, worker.Id);
        if (worker.Leaves || _isEnding) Remove(worker);
    }

    private void Leave(WorkerLink worker)
    {
        _actions.Note(KeeperEvent.WorkerLeaves, worker.Id);
        worker.Leaves = true;
        if (worker.HoldsGrant) return;
        _actions.Note(KeeperEvent.WorkerLeft, worker.Id);
        Remove(worker);
    }

    // A holder that leaves stops ring by ring, so that its successor begins where it came to; then it forgets all.
    private void RelieveNext(WorkerLink worker, long now)
    {
        for (var ring = 0; ring < _kept.Rings.Length; ring++)
        {
            if (worker.View.Ring(ring, RingItem.Kick) == 0) continue;
            worker.View.Ring(ring, RingItem.Kick) = 0;
            var state = new VringState((uint)ring, 0);
            SendRequest(worker, WorkerTask.Relieve, (uint)FrontendRequest.GetVringBase, MemoryMarshal.AsBytes(new ReadOnlySpan<VringState>(in state)), now);
            return;
        }
        SendRequest(worker, WorkerTask.End, (uint)KeeperRequest.End, [], now);
    }

    private void Relieved(WorkerLink worker, VringState state)
    {
        if (state.Index >= _kept.Rings.Length) return;
        _kept.SetBase((int)state.Index, state.Number);
        ClearJournal((int)state.Index, onlyIfIdle: true);
    }
}
