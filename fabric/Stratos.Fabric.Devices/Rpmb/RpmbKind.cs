using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>The kind <c>rpmb</c>.</summary>
public static class RpmbKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "rpmb",
        VirtioDeviceId.Rpmb,
        "memory for secrets that cannot be forged or played back (RPMB)",
        [
            new("file", "PATH", "keep key, counter and data in this file, durably; made if it is not there"),
            new("board", "PATH", "simulated storage in a board's file, shared with tests; instead of file"),
            new("capacity", "SIZE", "a multiple of 128K up to 16M; default 4M"),
            new("max-write", "N", "most blocks of 256 bytes in one write, 1 to 255; default 32"),
            new("max-read", "N", "most blocks of 256 bytes in one read, 1 to 255; default 32"),
        ],
        static values => RpmbDevice.Create(Read(values)));

    private static RpmbOptions Read(DeviceOptionValues values)
    {
        RpmbOptions standard = new();
        return new RpmbOptions
        {
            File = values.Text("file"),
            Board = values.Text("board"),
            Capacity = values.Size("capacity") ?? standard.Capacity,
            MaxWrite = values.Number("max-write", standard.MaxWrite),
            MaxRead = values.Number("max-read", standard.MaxRead),
        };
    }
}
