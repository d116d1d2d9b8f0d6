using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Devices;

/// <summary>
/// The device object of one device actor, made anew when it must be: a device object is activated at most once.
/// Only its actor's thread uses it.
/// </summary>
internal sealed class DeviceObject(DeviceBinding binding, VirtioDevice first)
{
    private VirtioDevice? _device = first;
    private bool _activated;

    /// <summary>What the device said of itself when it was first made; a device made anew is the same device.</summary>
    public DeviceDescription Description { get; } = DeviceDescription.Of(binding.Name, first);

    /// <summary>The device, made now if there is none.</summary>
    public VirtioDevice Current => _device ??= binding.Create();

    /// <summary>Gives an unused device its surroundings; one that was activated before is given up first.</summary>
    public void Activate(DeviceState state, Action notifyConfigChanged, Action<string> warn, Action<string> report)
    {
        if (_activated)
            Discard();
        var device = Current;
        _activated = true;
        device.Activate(new DeviceContext(binding.Name, state, notifyConfigChanged, warn, report));
    }

    /// <summary>Resets the device, if there is one.</summary>
    public void Reset() => _device?.Reset();

    /// <summary>Gives the device up; it lets go of the host.</summary>
    public void Discard()
    {
        var device = _device;
        (_device, _activated) = (null, false);
        device?.Deactivate();
    }

    /// <summary>Why a configuration access is out of range; null when it is not.</summary>
    public string? RangeFault(int offset, int length) =>
        offset < 0 || length < 0 || offset > Description.ConfigLength - length
            ? $"configuration bytes {offset} to {(long)offset + length - 1} are not within the {Description.ConfigLength} that there are"
            : null;
}
