namespace Stratos.Lab;

/// <summary>A device of a guest: the arguments that make QEMU create it.</summary>
public abstract record GuestDevice
{
    /// <summary>QEMU's arguments for the device.</summary>
    /// <param name="qemu">The QEMU that will read them.</param>
    /// <param name="id">A name that no other device of the guest has.</param>
    public abstract IEnumerable<string> Arguments(QemuVersion qemu, string id);
}
