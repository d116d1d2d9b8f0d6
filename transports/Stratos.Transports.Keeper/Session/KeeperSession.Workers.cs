using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// Workers: what they are sent, what they answer, how they are lost.
public sealed partial class KeeperSession
{
    /// <summary>A worker sent a message on its connection.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">Its number.</param>
    /// <param name="header">The header.</param>
    /// <param name="payload">The payload, complete.</param>
    /// <param name="descriptors">What came with it; the session's from now on.</param>
    public void WorkerMessage(long now, int worker, MessageHeader header, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors)
    {
        CloseAll(descriptors);
        if (Find(worker) is not { Phase: not WorkerPhase.Fencing } link) return;
        if (CheckAnswer(link, header, descriptors.Length) is { } fault)
        {
            Lose(link, now, fault);
        }
        else if (header.Request == (uint)KeeperRequest.Leave && !header.IsReply)
        {
            Leave(link);
        }
        else
        {
            var task = link.Task;
            link.Settle();
            Answered(link, task, payload, now);
        }
        Progress(now);
    }

    /// <summary>A worker sent a request on its own channel.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">Its number.</param>
    /// <param name="header">The header.</param>
    /// <param name="descriptors">What came with it; the session's from now on.</param>
    public void WorkerRequest(long now, int worker, MessageHeader header, ReadOnlySpan<int> descriptors)
    {
        CloseAll(descriptors);
        if (Find(worker) is not { Phase: not WorkerPhase.Fencing } link) return;
        var rule = BackendRules.Find(header.Request);
        if (rule is null || rule.CheckRequest(header, descriptors.Length) is not null)
        {
            Lose(link, now, rule?.CheckRequest(header, descriptors.Length) ?? $"request {header.Request} on its own channel does not exist");
            Progress(now);
            return;
        }
        var served = header.Backend == BackendRequest.ConfigChangeMsg;
        // A standby's configuration is nobody's: that of the worker that serves counts.
        if (served && link == _holder) (_configIsStale, _configHasChanged) = (true, true);
        if (header.NeedsReply)
        {
            Span<byte> buffer = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
            var writer = new MessageWriter(buffer);
            writer.Write(served ? 0UL : 1UL);
            _actions.Send(KeeperActionKind.SendWorkerChannel, worker, writer.Reply(header.Request));
        }
        Progress(now);
    }

    /// <summary>The connection to a worker has ended, or cannot be used any more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">Its number.</param>
    /// <param name="reason">Why, for the log.</param>
    public void WorkerLost(long now, int worker, string reason)
    {
        if (Find(worker) is not { } link) return;
        Lose(link, now, reason);
        Progress(now);
    }

    /// <summary>A worker's process has ended: no thread of it runs any more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">Its number.</param>
    public void WorkerExited(long now, int worker)
    {
        if (Find(worker) is not { } link) return;
        link.HasExited = true;
        if (link.Phase == WorkerPhase.Fencing) Fenced(link);
        else Lose(link, now, "its process has ended");
        Progress(now);
    }

    private static string? CheckAnswer(WorkerLink worker, MessageHeader header, int descriptors)
    {
        if (header.Request == (uint)KeeperRequest.Leave && !header.IsReply) return KeeperRules.Leave.CheckRequest(header, descriptors);
        if (worker.IsIdle) return $"message {header.Request} came, but nothing was asked";
        return (KeeperRules.Find(worker.Request) ?? FrontendRules.Find(worker.Request))!.CheckReply(header, descriptors);
    }

    // Sends an idle worker the message that is next for it, if there is one.
    private void Advance(WorkerLink worker, long now)
    {
        if (!worker.IsIdle || worker.Phase == WorkerPhase.Fencing) return;
        if (worker.Phase == WorkerPhase.Joining)
        {
            SendAttach(worker, now);
            return;
        }
        if (worker.MustEnd)
        {
            SendRequest(worker, WorkerTask.End, (uint)KeeperRequest.End, [], now);
            return;
        }
        if (!_hasBegun || _owesReset) return;
        if (worker is { Leaves: true, Phase: WorkerPhase.Serving })
        {
            RelieveNext(worker, now);
            return;
        }
        if (worker.SyncedRevision != _kept.Revision)
        {
            var step = SyncPlan.Next(_kept, worker.View, _message);
            if (step.Request != FrontendRequest.None)
            {
                _actions.Send(KeeperActionKind.SendWorker, worker.Id, _message.Bytes, _message.Descriptors);
                worker.Await(WorkerTask.Tell, (uint)step.Request, now + _limits.AckDeadline, step);
                return;
            }
            worker.SyncedRevision = _kept.Revision;
            Announce(worker);
        }
        if (worker.Phase == WorkerPhase.Serving) AdvanceServing(worker, now);
    }

    private void Announce(WorkerLink worker)
    {
        // Before anybody serves there is nothing that a worker could be ready to take over.
        if (worker.IsAnnounced || worker == _holder || _holder is null) return;
        worker.IsAnnounced = true;
        _actions.Note(KeeperEvent.WorkerReady, worker.Id);
    }

    private void AdvanceServing(WorkerLink worker, long now)
    {
        _acceptedRevision = _kept.Revision;
        if (_pending is { Kind: PendingKind.Command, IsSent: false })
        {
            _pending.IsSent = true;
            SendRequest(worker, WorkerTask.Command, _pending.Header.Request, _pending.Payload, now);
        }
        else if (_configIsStale)
        {
            FetchConfig(worker, now);
        }
    }

    private void Answered(WorkerLink worker, WorkerTask task, ReadOnlySpan<byte> payload, long now)
    {
        var number = payload.Length >= sizeof(ulong) ? MemoryMarshal.Read<ulong>(payload) : 0;
        switch (task)
        {
            case WorkerTask.Attach or WorkerTask.AskFeatures or WorkerTask.AskProtocolFeatures or WorkerTask.Negotiate or WorkerTask.AskMemorySlots:
                AnsweredJoining(worker, task, number, now);
                break;
            case WorkerTask.Tell:
                if (number != 0 && worker.Step.Request != FrontendRequest.GetVringBase) TellRefused(worker, now);
                break;
            case WorkerTask.Grant:
                if (number != 0) Lose(worker, now, $"it refused the grant with {number}");
                else Serves(worker);
                break;
            case WorkerTask.Command:
                CommandDone(worker, payload, number);
                break;
            case WorkerTask.FetchConfig:
                ConfigFetched(payload);
                break;
            case WorkerTask.Relieve:
                Relieved(worker, MemoryMarshal.Read<VringState>(payload));
                break;
            case WorkerTask.End:
                Ended(worker);
                break;
        }
    }

    private void SendRequest(WorkerLink worker, WorkerTask task, uint request, ReadOnlySpan<byte> payload, long now)
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + ConfigHeader.Length + ConfigHeader.MaxConfig];
        var writer = new MessageWriter(buffer);
        writer.Write(payload);
        _actions.Send(KeeperActionKind.SendWorker, worker.Id, writer.Request(request, needReply: true));
        worker.Await(task, request, now + _limits.AckDeadline, SyncStep.None);
    }

    private void SendWorkerReply(int worker, uint request, ulong number)
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
        var writer = new MessageWriter(buffer);
        writer.Write(number);
        _actions.Send(KeeperActionKind.SendWorker, worker, writer.Reply(request));
    }
}
