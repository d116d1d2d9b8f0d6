namespace Stratos.Lab.Tests;

/// <summary>Devices that QEMU serves itself work in the guest, so the guest is fit to judge other backends.</summary>
public sealed class GuestDeviceTests(LabFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current, "packed=off")]
    [InlineData(QemuVersion.Current, "packed=on")]
    [InlineData(QemuVersion.Bookworm, "packed=on")]
    public async Task A_disk_takes_a_file_system_and_keeps_it(QemuVersion qemu, string ring)
    {
        using var disk = new TemporaryDisk(megabytes: 32);
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Qemu = qemu,
                Layers = [GuestLayer.Ext4],
                Devices = [QemuDevice.Block(disk.Path, ring)],
                Script = """
                    set -e
                    mkfs.ext4 -q /dev/vda
                    mount /dev/vda /mnt
                    head -c 1000000 /dev/urandom >/mnt/data
                    sha256sum </mnt/data >/mnt/sum
                    umount /mnt
                    e2fsck -fn /dev/vda
                    mount /dev/vda /mnt
                    sha256sum -c /mnt/sum </mnt/data
                    umount /mnt
                    blkdiscard -l 1048576 -o 0 -f /dev/vda
                    """,
            },
            Ct);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("OK", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task An_entropy_source_shows_up_and_gives_bytes(QemuVersion qemu)
    {
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Qemu = qemu,
                Devices = [QemuDevice.Rng()],
                Script = "cat /sys/class/misc/hw_random/rng_current; head -c 64 /dev/hwrng | wc -c",
            },
            Ct);

        Assert.Equal("virtio_rng.0\n64\n", result.Output);
    }
}
