namespace Stratos.Lab;

/// <summary>A device that QEMU serves itself: something to compare with, or a part of the machine.</summary>
/// <param name="RawArguments">QEMU's arguments as they are.</param>
public sealed record QemuDevice(params IReadOnlyList<string> RawArguments) : GuestDevice
{
    /// <summary>QEMU's own virtio-rng.</summary>
    public static QemuDevice Rng() => new("-device", "virtio-rng-pci");

    /// <summary>QEMU's own virtio-blk.</summary>
    /// <param name="image">A raw disk image on this machine.</param>
    /// <param name="properties">More properties of virtio-blk-pci, such as <c>packed=on</c>.</param>
    public static QemuDevice Block(string image, params IReadOnlyList<string> properties)
    {
        string node = "image" + Path.GetFileNameWithoutExtension(Path.GetRandomFileName());
        return new(
            "-blockdev", $"driver=file,filename={QemuText.Escape(image)},node-name={node},discard=unmap",
            "-device", string.Join(',', ["virtio-blk-pci", $"drive={node}", .. properties]));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The device has a node: its arguments are as they are, and no slot can be added.</exception>
    public override IEnumerable<string> Arguments(QemuVersion qemu, string id, int? slot = null) => slot is null
        ? RawArguments
        : throw new InvalidOperationException($"A {nameof(QemuDevice)} takes no device tree node. Remedy: add one with its addr=SLOT.FUNCTION to {nameof(GuestSpec.DeviceTree)}.");
}
