using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Entropy;

/// <summary>The kind <c>entropy</c>.</summary>
public static class EntropyKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "entropy",
        VirtioDeviceId.Entropy,
        "random bytes for the guest (/dev/hwrng)",
        [new("file", "PATH", "take the bytes from this file, such as /dev/hwrng; default: the host's cryptographic generator")],
        static values => EntropyDevice.Create(new EntropyOptions { File = values.Text("file") }));
}
