using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// Workers: how they come, what they are sent, what they answer.
public sealed partial class KeeperSession
{
    /// <summary>A worker has connected and said which device it serves: this one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="worker">A number that no other worker has or had; above 0.</param>
    /// <param name="hello">What it said.</param>
    public void WorkerHello(long now, int worker, KeeperHello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        var refusal = CheckHello(hello, out var profile, out var reason);
        SendWorkerReply(worker, (uint)KeeperRequest.Hello, (ulong)refusal);
        if (refusal != KeeperRefusal.None)
        {
            _actions.Note(KeeperEvent.WorkerRefused, worker, (ulong)refusal, reason);
            _actions.Add(KeeperActionKind.DropWorker, worker);
            return;
        }
        if (_device is null)
        {
            _device = profile!;
            _kept.Describe(_device.Queues);
            hello.Config.Span.CopyTo(_config);
            if (_device.StateLength > 0) _actions.Add(KeeperActionKind.MakeDeviceState, 0, _device.StateLength);
        }
        _workers.Add(new(worker, hello.Role, hello.Instance, _device.Queues));
        _actions.Note(KeeperEvent.WorkerJoined, worker, hello.Instance, hello.Role == KeeperRole.Owner ? "owner" : "standby");
        Progress(now);
    }

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

    private KeeperRefusal CheckHello(KeeperHello hello, out DeviceProfile? profile, out string? reason)
    {
        profile = DeviceProfile.Of(hello, _limits);
        reason = null;
        if (hello.LinkVersion != KeeperHello.CurrentVersion)
        {
            reason = $"it speaks version {hello.LinkVersion} of the link, not {KeeperHello.CurrentVersion}";
            return KeeperRefusal.LinkVersion;
        }
        if (hello.Role is not (KeeperRole.Owner or KeeperRole.Standby))
        {
            reason = $"there is no role {(uint)hello.Role}";
            return KeeperRefusal.Role;
        }
        if (profile is null || _workers.Count >= _limits.MaxWorkers || _isEnding)
        {
            reason = profile is null ? "its description is beyond the bounds of a keeper" : $"{_workers.Count} workers are there already";
            return KeeperRefusal.Limits;
        }
        if (_device is null || _device.IsSame(profile)) return KeeperRefusal.None;
        reason = $"it describes the device as {profile}, but the session runs under {_device}";
        return KeeperRefusal.DescriptionDiffers;
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
        if (!_hasBegun) return;
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

    private void AnsweredJoining(WorkerLink worker, WorkerTask task, ulong number, long now)
    {
        switch (task)
        {
            case WorkerTask.Attach when number != 0:
                Lose(worker, now, $"it refused to attach with {number}");
                break;
            case WorkerTask.Attach:
                SendRequest(worker, WorkerTask.AskFeatures, (uint)FrontendRequest.GetFeatures, [], now);
                break;
            case WorkerTask.AskFeatures:
                worker.Features = number;
                SendRequest(worker, WorkerTask.AskProtocolFeatures, (uint)FrontendRequest.GetProtocolFeatures, [], now);
                break;
            case WorkerTask.AskProtocolFeatures:
                worker.ProtocolFeatures = number;
                if (!((ProtocolFeatures)number).HasFlag(ProtocolFeatures.ConfigureMemSlots)) Joined(worker, MemoryTableHeader.MaxRegions, now);
                else SendRequest(worker, WorkerTask.Negotiate, (uint)FrontendRequest.SetProtocolFeatures, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in number)), now);
                break;
            case WorkerTask.Negotiate:
                SendRequest(worker, WorkerTask.AskMemorySlots, (uint)FrontendRequest.GetMaxMemSlots, [], now);
                break;
            default:
                Joined(worker, number, now);
                break;
        }
    }

    private void Joined(WorkerLink worker, ulong memorySlots, long now)
    {
        var wasComplete = _device!.IsComplete;
        if (_device.Complete(worker.Features, worker.ProtocolFeatures, memorySlots, _limits.MaxMemorySlots) is { } fault)
        {
            _actions.Note(KeeperEvent.WorkerRefused, worker.Id, 0, fault);
            Remove(worker);
            return;
        }
        worker.Phase = WorkerPhase.Candidate;
        if (!wasComplete && _hasFrontend) Begin(now);
    }

    private void SendAttach(WorkerLink worker, long now)
    {
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
        var writer = new MessageWriter(buffer);
        writer.Write((ulong)_device!.StateLength);
        ReadOnlySpan<int> descriptors = [KeptDescriptor.EpochPage, KeptDescriptor.DeviceState];
        _actions.Send(KeeperActionKind.SendWorker, worker.Id, writer.Request((uint)KeeperRequest.Attach, needReply: true),
            _device.StateLength > 0 ? descriptors : descriptors[..1]);
        worker.Await(WorkerTask.Attach, (uint)KeeperRequest.Attach, now + _limits.AckDeadline, SyncStep.None);
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
