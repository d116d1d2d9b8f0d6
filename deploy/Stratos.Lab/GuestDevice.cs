namespace Stratos.Lab;

/// <summary>A device of a guest: the arguments that make QEMU create it.</summary>
public abstract record GuestDevice
{
    /// <summary>The device's own node in the guest's device tree; null for none, as most drivers need none.</summary>
    public DeviceTreeNode? Node { get; init; }

    /// <summary>QEMU's arguments for the device.</summary>
    /// <param name="qemu">The QEMU that will read them.</param>
    /// <param name="id">A name that no other device of the guest has.</param>
    /// <param name="slot">The slot of the PCI bus that it has to be in, where its node says it is; null: QEMU's choice.</param>
    public abstract IEnumerable<string> Arguments(QemuVersion qemu, string id, int? slot = null);
}
