using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>A kind of device that the program can serve: its name, its options, and how it is made from them.</summary>
/// <param name="Name">The kind's name, such as <c>block</c>.</param>
/// <param name="Id">Its virtio device id.</param>
/// <param name="Summary">What it is, one line.</param>
/// <param name="Options">Its options, in the order of a help text.</param>
/// <param name="Factory">Makes a device from checked option values.</param>
public sealed record DeviceKind(
    string Name, VirtioDeviceId Id, string Summary, IReadOnlyList<DeviceOption> Options, Func<DeviceOptionValues, VirtioDevice> Factory)
{
    /// <summary>Takes what has to outlive the serving processes: given the options and a folder of the caller's own.</summary>
    public Func<IReadOnlyDictionary<string, string>, string, DeviceLauncher> Launcher { get; init; } = static (options, _) => new DeviceLauncher(options);

    /// <summary>
    /// Takes, in a process that lets others serve the device, what has to outlive those. Each of them then makes the
    /// device from the launcher's <see cref="DeviceLauncher.Options"/>.
    /// </summary>
    /// <param name="options">Options by name; a switch has the value <c>true</c> or <c>false</c>.</param>
    /// <param name="folder">A folder of the caller's own, for sockets.</param>
    /// <exception cref="ArgumentException">An option is unknown or cannot be used; the message names it and the remedy.</exception>
    public DeviceLauncher Launch(IReadOnlyDictionary<string, string> options, string folder) => Launcher(options, folder);

    /// <summary>Makes a device from options by name; a switch has the value <c>true</c> or <c>false</c>.</summary>
    /// <exception cref="ArgumentException">An option is unknown or cannot be used; the message names it and the remedy.</exception>
    public VirtioDevice Create(IReadOnlyDictionary<string, string> options) => Factory(new DeviceOptionValues(this, options));
}
