using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Session;

// Settings: kept first, told to all workers, acknowledged when the worker that serves has taken them.
public sealed partial class KeeperSession
{
    private void Set(MessageRule rule, FrontendMessage message)
    {
        var setting = SyncStep.None;
        var before = _kept.Revision;
        var fault = message.Request switch
        {
            FrontendRequest.SetProtocolFeatures => KeepProtocolFeatures(message),
            FrontendRequest.SetFeatures => KeepFeatures(message, out setting),
            FrontendRequest.SetOwner => KeepOwner(),
            FrontendRequest.ResetOwner => DisableRings(),
            FrontendRequest.SetStatus => KeepStatus(message, out setting),
            FrontendRequest.SetMemTable => KeepTable(message, out setting),
            FrontendRequest.AddMemReg => KeepRegion(message, out setting),
            FrontendRequest.RemMemReg => DropRegion(message),
            FrontendRequest.SetLogBase => KeepLogBase(message, out setting),
            FrontendRequest.SetLogFd => KeepLogDoorbell(message, out setting),
            FrontendRequest.SetInflightFd => KeepInflight(message, out setting),
            FrontendRequest.SetBackendReqFd => KeepChannel(message),
            FrontendRequest.SetVringNum or FrontendRequest.SetVringBase or FrontendRequest.SetVringEnable or FrontendRequest.SetVringAddr =>
                KeepRingNumber(message, out setting),
            FrontendRequest.SetVringKick or FrontendRequest.SetVringCall or FrontendRequest.SetVringErr => KeepDoorbell(message, out setting),
            _ => $"{rule.Name} is not served through a keeper",
        };
        if (fault is not null)
        {
            RefuseRequest(rule, message, fault);
            return;
        }
        _pending.AwaitSetting(message.Header, rule.IsAnswered(message.Header, IsReplyAck), setting, message.Now + _limits.RequestDeadline);
        // What concerns the keeper alone is done.
        if (_kept.Revision == before) Finish(0);
    }

    private SyncStep Setting(FrontendMessage message, KeptItem item) => new(message.Request, item, -1, default, _kept.RevisionOf(item));

    private SyncStep Setting(FrontendMessage message, int ring, RingItem item) =>
        new(message.Request, KeptItem.None, ring, item, _kept.Rings[ring].Revisions[(int)item]);

    private string? KeepProtocolFeatures(FrontendMessage message)
    {
        var chosen = (ProtocolFeatures)message.Read<ulong>();
        if ((chosen & ~_device!.ProtocolFeatures) != 0)
            return $"SET_PROTOCOL_FEATURES: 0x{(ulong)chosen:x} has bits that were not offered, which is 0x{(ulong)_device.ProtocolFeatures:x}";
        _chosen = chosen;
        return null;
    }

    private string? KeepFeatures(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var chosen = message.Read<ulong>();
        if ((chosen & ~_device!.Features) != 0)
            return $"SET_FEATURES: 0x{chosen:x} has bits that were not offered, which is 0x{_device.Features:x}";
        _kept.SetFeatures(chosen);
        setting = Setting(message, KeptItem.Features);
        return null;
    }

    private string? KeepOwner()
    {
        _kept.SetOwner();
        return null;
    }

    // Deprecated; the specification recommends to take it for "disable all rings". Rings that nobody can enable again stay.
    private string? DisableRings()
    {
        if ((_kept.Features & VhostFeatures.ProtocolFeatures) == 0) return null;
        for (var ring = 0; ring < _kept.Rings.Length; ring++)
            if (_kept.Rings[ring].IsEnabled) _kept.SetEnabled(ring, false);
        return null;
    }

    private string? KeepStatus(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var status = message.Read<ulong>();
        if (status > byte.MaxValue) return $"SET_STATUS: 0x{status:x} does not fit into the 8 bits of a device status";
        _kept.SetStatus(status);
        setting = Setting(message, KeptItem.Status);
        return null;
    }

    private string? KeepTable(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var reader = new MessageReader(message.Payload);
        var count = reader.Read<MemoryTableHeader>().Regions;
        if (count == 0 || count != message.Descriptors || reader.Rest.Length != count * MemoryRegion.Length)
            return $"SET_MEM_TABLE: it announces {count} regions and has {reader.Rest.Length} bytes of regions and {message.Descriptors} descriptors";
        for (var check = reader; check.Rest.Length > 0;)
            if (CheckRegion("SET_MEM_TABLE", check.Read<MemoryRegion>()) is { } fault) return fault;
        _kept.BeginTable();
        for (var i = 0; i < count; i++) _kept.AddRegion(reader.Read<MemoryRegion>(), message.Take(i), isOfTable: true);
        setting = Setting(message, KeptItem.MemoryTable);
        return null;
    }

    private string? KeepRegion(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var region = message.Read<SingleMemoryRegion>().Region;
        if (CheckRegion("ADD_MEM_REG", region) is { } fault) return fault;
        if (_kept.Memory.Count >= _device!.MemorySlots) return $"ADD_MEM_REG: all {_device.MemorySlots} slots are taken";
        _kept.AddRegion(region, message.Take(0), isOfTable: false);
        setting = new(message.Request, KeptItem.MemorySlot, -1, default, _kept.Revision);
        return null;
    }

    private string? DropRegion(FrontendMessage message)
    {
        var region = message.Read<SingleMemoryRegion>().Region;
        var index = _kept.Memory.Find(region);
        if (index < 0) return $"REM_MEM_REG: there is no region of 0x{region.Size:x} bytes at guest address 0x{region.GuestAddress:x}";
        _kept.RemoveRegion(index);
        return null;
    }

    private static string? CheckRegion(string message, in MemoryRegion region)
    {
        if (region.Size == 0) return $"{message}: the region at guest address 0x{region.GuestAddress:x} is empty";
        var most = ulong.MaxValue - region.Size;
        return region.GuestAddress > most || region.UserAddress > most || region.MapOffset > most
            ? $"{message}: the region of 0x{region.Size:x} bytes at guest address 0x{region.GuestAddress:x} ends beyond 2^64"
            : null;
    }

    private string? KeepLogBase(FrontendMessage message, out SyncStep setting)
    {
        _kept.SetLogBase(message.Read<LogDescription>(), message.Take(0));
        setting = Setting(message, KeptItem.LogBase);
        return null;
    }

    private string? KeepLogDoorbell(FrontendMessage message, out SyncStep setting)
    {
        _kept.SetLogDoorbell(message.Take(0));
        setting = Setting(message, KeptItem.LogDoorbell);
        return null;
    }

    private string? KeepInflight(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var inflight = InflightDescription.Read(message.Payload);
        if (CheckInflight("SET_INFLIGHT_FD", inflight) is { } fault) return fault;
        if (inflight.MapSize == 0 || inflight.MapOffset > ulong.MaxValue - inflight.MapSize)
            return $"SET_INFLIGHT_FD: 0x{inflight.MapSize:x} bytes at offset 0x{inflight.MapOffset:x} are no memory";
        _kept.SetInflight(inflight, message.Take(0));
        setting = Setting(message, KeptItem.Inflight);
        return null;
    }

    private string? CheckInflight(string message, in InflightDescription inflight) =>
        inflight.Queues == 0 || inflight.Queues > _device!.Queues || inflight.QueueSize == 0 || inflight.QueueSize > _device.MaxQueueSize
            ? $"{message}: {inflight.Queues} queues of {inflight.QueueSize}; the device has {_device!.Queues} of at most {_device.MaxQueueSize}"
            : null;

    private string? KeepChannel(FrontendMessage message)
    {
        _kept.SetFrontendChannel(message.Take(0));
        return null;
    }

    private string? KeepRingNumber(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var state = message.Read<VringState>();
        if (CheckRing(message.Request, state.Index) is { } fault) return fault;
        var ring = (int)state.Index;
        switch (message.Request)
        {
            case FrontendRequest.SetVringNum when state.Number == 0 || state.Number > _device!.MaxQueueSize:
                return $"SET_VRING_NUM: {state.Number} for ring {ring}; a ring has 1 to {_device!.MaxQueueSize}";
            case FrontendRequest.SetVringNum:
                _kept.SetNumber(ring, state.Number);
                setting = Setting(message, ring, RingItem.Number);
                return null;
            case FrontendRequest.SetVringBase:
                _kept.SetBase(ring, state.Number);
                setting = Setting(message, ring, RingItem.Base);
                return null;
            case FrontendRequest.SetVringEnable when state.Number > 1:
                return $"SET_VRING_ENABLE: {state.Number} for ring {ring} is neither 0 nor 1";
            case FrontendRequest.SetVringEnable:
                _kept.SetEnabled(ring, state.Number == 1);
                setting = Setting(message, ring, RingItem.Enable);
                return null;
            default:
                _kept.SetAddress(ring, message.Read<VringAddress>());
                setting = Setting(message, ring, RingItem.Address);
                return null;
        }
    }

    private string? KeepDoorbell(FrontendMessage message, out SyncStep setting)
    {
        setting = SyncStep.None;
        var descriptor = message.Read<VringDescriptor>();
        var fault = descriptor.Check(FrontendRules.Of(message.Request).Name, message.Descriptors) ?? CheckRing(message.Request, (uint)descriptor.Index);
        if (fault is not null) return fault;
        var item = message.Request switch
        {
            FrontendRequest.SetVringKick => RingItem.Kick,
            FrontendRequest.SetVringCall => RingItem.Call,
            _ => RingItem.Error,
        };
        if (item == RingItem.Kick && !_kept.Has(KeptItem.Inflight)) MakeJournal();
        _kept.SetDoorbell(descriptor.Index, item, descriptor.HasDescriptor ? message.Take(0) : KeptDescriptor.None);
        setting = Setting(message, descriptor.Index, item);
        return null;
    }

    private string? CheckRing(FrontendRequest request, uint ring) =>
        ring < _kept.Rings.Length ? null : $"{FrontendRules.Of(request).Name}: ring {ring}; the device has {_kept.Rings.Length}";
}
