using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>
/// What a keeper gave with ATTACH: the page that tells the session's epoch, and the device's state. It outlives
/// connections, as a device goes on using its state until it is attached to another.
/// </summary>
internal sealed class KeeperAttachment
{
    private readonly List<DeviceState> _retired = [];
    private Mapping? _page;
    private DeviceState? _state;

    /// <summary>Whether ATTACH has come on this connection.</summary>
    internal bool IsAttached => _page is not null;

    /// <summary>Maps what came with ATTACH. No ring runs.</summary>
    /// <param name="stateLength">The device's state length in bytes.</param>
    /// <param name="claimed">The length that the message says.</param>
    /// <param name="page">The epoch page's file; taken over.</param>
    /// <param name="state">The state's file; taken over.</param>
    internal void Attach(int stateLength, ulong claimed, FileDescriptor page, FileDescriptor? state)
    {
        Mapping? mappedPage = null;
        try
        {
            using var stateOwner = state;
            using var pageFile = MemoryFile.FromDescriptor(page, "epoch page");
            if (claimed != (ulong)stateLength || (state is null) != (stateLength == 0))
                throw new RefusedMessageException($"KEEPER_ATTACH: device state of {claimed} bytes{(state is null ? " without memory" : "")}; the device has {stateLength}");
            mappedPage = pageFile.Map(0, EpochPage.Length, MemoryAccess.Read);
            var mappedState = state is null ? DeviceState.Empty : MapState(state, claimed);
            Detach();
            (_page, _state) = (mappedPage, mappedState);
        }
        catch (Exception e) when (e is LinuxException or ArgumentException)
        {
            mappedPage?.Dispose();
            throw new RefusedMessageException($"KEEPER_ATTACH: {e.Message}");
        }
    }

    /// <summary>The right to serve in an epoch.</summary>
    internal EpochGate Gate(ulong epoch) => EpochGate.For(_page!, epoch);

    /// <summary>Gives the device its state and the session's events. The states before it are let go of.</summary>
    internal void Hand(IDevicePort device, IDeviceEvents events)
    {
        device.Perform(new DeviceOperation.Attach(_state!, events));
        _retired.ForEach(state => state.Dispose());
        _retired.Clear();
    }

    /// <summary>The connection has ended: the page is let go of, the state stays the device's for now. No ring runs.</summary>
    internal void Detach()
    {
        _page?.Dispose();
        if (_state is not null) _retired.Add(_state);
        (_page, _state) = (null, null);
    }

    private static DeviceState MapState(FileDescriptor descriptor, ulong length)
    {
        using var file = MemoryFile.FromDescriptor(descriptor, "device state");
        return DeviceState.Shared(file.Map(0, length, MemoryAccess.ReadWrite));
    }
}
