using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// How a worker joins: HELLO, ATTACH, and what its backend can do.
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
                else Negotiate(worker, number & (ulong)DeviceProfile.Kept, now);
                break;
            case WorkerTask.Negotiate:
                SendRequest(worker, WorkerTask.AskMemorySlots, (uint)FrontendRequest.GetMaxMemSlots, [], now);
                break;
            default:
                Joined(worker, number, now);
                break;
        }
    }

    // To be allowed to ask for the memory slots; each session tells the choice again.
    private void Negotiate(WorkerLink worker, ulong features, long now) => SendRequest(
        worker, WorkerTask.Negotiate, (uint)FrontendRequest.SetProtocolFeatures, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in features)), now);

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
}
