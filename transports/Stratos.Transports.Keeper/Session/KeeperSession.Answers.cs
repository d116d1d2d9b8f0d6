using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// Answers: what the keeper says itself, what a worker said, and what is said when nobody served in time.
public sealed partial class KeeperSession
{
    private void SettlePending()
    {
        var serves = IsServed;
        switch (_pending.Kind)
        {
            case PendingKind.Setting when serves && _holder!.SyncedRevision == _kept.Revision:
                Finish(0);
                break;
            // Nobody waits for the word, and whoever serves next is told first.
            case PendingKind.Setting when !serves && !_pending.IsAnswered && _holder?.Phase != WorkerPhase.Granting:
                Finish(0);
                break;
            case PendingKind.Command when _pending.Request == FrontendRequest.GetConfig && (_holder is null or { Phase: WorkerPhase.Fencing }):
                AnswerConfigFromCache();
                break;
        }
    }

    private void Finish(ulong result)
    {
        if (_pending.IsAnswered) ReplyTo(_pending.Header.Request, result);
        _pending.Clear();
    }

    private void AskConfig(MessageRule rule, FrontendMessage message)
    {
        var reader = new MessageReader(message.Payload);
        if (reader.Read<ConfigHeader>().Check(rule.Name, reader.Rest.Length) is { } fault) RefuseRequest(rule, message, fault);
        else Command(rule, message);
    }

    private void AnswerConfigFromCache()
    {
        var header = new MessageReader(_pending.Payload).Read<ConfigHeader>();
        Span<byte> reply = stackalloc byte[ConfigHeader.Length + ConfigHeader.MaxConfig];
        MemoryMarshal.Write(reply, in header);
        _config.AsSpan((int)header.Offset, (int)header.Size).CopyTo(reply[ConfigHeader.Length..]);
        ReplyWith(_pending.Header.Request, reply[..(ConfigHeader.Length + (int)header.Size)]);
        _pending.Clear();
    }

    private void AskBase(FrontendMessage message)
    {
        var state = message.Read<VringState>();
        if (CheckRing(message.Request, state.Index) is { } fault)
        {
            Refuse(fault);
            return;
        }
        var ring = _kept.Rings[(int)state.Index];
        if (ring.IsStarted)
        {
            Command(FrontendRules.Of(message.Request), message);
            return;
        }
        // Nobody has run this ring since its base was set, so what is kept is what a worker would say.
        var answer = new VringState(state.Index, ring.Has(RingItem.Base) ? ring.Base : VringBase.Initial.Encode(IsPacked));
        ReplyWith(message.Header.Request, MemoryMarshal.AsBytes(new ReadOnlySpan<VringState>(in answer)));
    }

    private void GiveInflight(FrontendMessage message)
    {
        var asked = InflightDescription.Read(message.Payload);
        if (CheckInflight("GET_INFLIGHT_FD", asked) is { } fault)
        {
            Refuse(fault);
            return;
        }
        var length = _limits.JournalLength(asked.Queues, asked.QueueSize);
        Span<byte> buffer = stackalloc byte[MessageHeader.Length + InflightDescription.Length];
        var writer = new MessageWriter(buffer);
        writer.Write(new InflightDescription(length, 0, asked.Queues, asked.QueueSize));
        _actions.Send(KeeperActionKind.SendFrontend, 0, writer.Reply(message.Header.Request), [KeptDescriptor.NewMemory], length);
    }

    private void MakeJournal()
    {
        var (queues, size) = ((ushort)_device!.Queues, _device.MaxQueueSize);
        var length = _limits.JournalLength(queues, size);
        _actions.Add(KeeperActionKind.MakeJournal, 0, length);
        _kept.SetInflight(new(length, 0, queues, size), KeptDescriptor.Journal);
    }

    // The worker stopped the ring in order: where it stands is now in the kept base, and a journal that still said so would
    // overrule the base with which the frontend starts the ring again. What it holds beyond that stays, unless the device
    // was reset.
    private void ClearJournal(int ring, bool onlyIfIdle)
    {
        var inflight = _kept.Inflight;
        if (_kept.InflightMemory == KeptDescriptor.None || ring >= inflight.Queues) return;
        var region = JournalRegion.Of(ring, inflight.QueueSize, IsPacked);
        if (region.Offset + (ulong)region.Length > inflight.MapSize) return;
        var clearing = new JournalClearing(inflight.MapOffset + region.Offset, region.Length, (byte)(IsPacked ? 1 : 0), (byte)(onlyIfIdle ? 1 : 0));
        _actions.Send(KeeperActionKind.ClearJournal, _kept.InflightMemory, MemoryMarshal.AsBytes(new ReadOnlySpan<JournalClearing>(in clearing)));
    }

    private bool IsPacked => (_kept.Features & VirtioFeatures.RingPacked) != 0;

    private void CommandDone(WorkerLink worker, ReadOnlySpan<byte> payload, ulong number)
    {
        // The frontend that asked may have gone meanwhile.
        if (_pending is not { Kind: PendingKind.Command, IsSent: true }) return;
        switch (_pending.Request)
        {
            case FrontendRequest.GetVringBase:
                var asked = MemoryMarshal.Read<VringState>(_pending.Payload);
                var state = MemoryMarshal.Read<VringState>(payload) with { Index = asked.Index };
                _kept.Stop((int)state.Index);
                _kept.SetBase((int)state.Index, state.Number);
                ClearJournal((int)state.Index, onlyIfIdle: true);
                worker.View.Adopt(_kept);
                ReplyWith(_pending.Header.Request, MemoryMarshal.AsBytes(new ReadOnlySpan<VringState>(in state)));
                _pending.Clear();
                return;
            case FrontendRequest.ResetDevice or FrontendRequest.SetStatus when number == 0:
                for (var ring = 0; ring < _kept.Rings.Length; ring++) ClearJournal(ring, onlyIfIdle: false);
                _kept.Reset();
                worker.View.Adopt(_kept);
                break;
            case FrontendRequest.GetConfig:
                CacheConfig(payload, MemoryMarshal.Read<ConfigHeader>(_pending.Payload));
                ReplyWith(_pending.Header.Request, payload);
                _pending.Clear();
                return;
            case FrontendRequest.SetConfig when number == 0:
                _configIsStale = true;
                break;
        }
        if (number != 0) _actions.Note(KeeperEvent.SettingRefused, worker.Id, _pending.Header.Request, "by the worker that serves");
        Finish(number);
    }

    private void FetchConfig(WorkerLink worker, long now)
    {
        var length = _device!.ConfigLength;
        if (length == 0 || !_device.ProtocolFeatures.HasFlag(ProtocolFeatures.Config))
        {
            TellConfigChange();
            return;
        }
        Span<byte> payload = stackalloc byte[ConfigHeader.Length + ConfigHeader.MaxConfig];
        payload.Clear();
        MemoryMarshal.Write(payload, new ConfigHeader(0, (uint)length, 0));
        _configIsStale = false;
        SendRequest(worker, WorkerTask.FetchConfig, (uint)FrontendRequest.GetConfig, payload[..(ConfigHeader.Length + length)], now);
    }

    private void ConfigFetched(ReadOnlySpan<byte> payload)
    {
        var changed = CacheConfig(payload, new(0, (uint)_device!.ConfigLength, 0));
        _configHasChanged |= changed;
        // A change that came meanwhile is fetched first, so that the frontend finds what it is told of.
        if (!_configIsStale) TellConfigChange();
    }

    private bool CacheConfig(ReadOnlySpan<byte> payload, ConfigHeader asked)
    {
        if (payload.Length != ConfigHeader.Length + asked.Size) return false;
        var cached = _config.AsSpan((int)asked.Offset, (int)asked.Size);
        var changed = !payload[ConfigHeader.Length..].SequenceEqual(cached);
        payload[ConfigHeader.Length..].CopyTo(cached);
        return changed;
    }

    private void TellConfigChange()
    {
        _configIsStale = false;
        if (!_configHasChanged) return;
        _configHasChanged = false;
        _actions.Note(KeeperEvent.ConfigChanged);
        if (_kept.FrontendChannel == KeptDescriptor.None) return;
        Span<byte> buffer = stackalloc byte[MessageHeader.Length];
        var writer = new MessageWriter(buffer);
        _actions.Send(KeeperActionKind.SendFrontendChannel, _kept.FrontendChannel, writer.Request((uint)BackendRequest.ConfigChangeMsg));
    }
}
