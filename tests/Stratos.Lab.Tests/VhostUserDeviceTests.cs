namespace Stratos.Lab.Tests;

/// <summary>Vhost-user devices: what QEMU is told, and a disk that another program serves.</summary>
public sealed class VhostUserDeviceTests(LabFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task A_disk_behind_a_socket_is_verified_by_fio_through_all_queues(QemuVersion qemu)
    {
        using var disk = new TemporaryDisk(megabytes: 16);
        await using StorageDaemon daemon = await StorageDaemon.StartAsync(fixture.Lab, disk.Path, queues: 2, Ct);
        GuestResult result = await fixture.Lab.RunAsync(
            new()
            {
                Qemu = qemu,
                MemoryMiB = 256,
                Cpus = 2,
                Layers = [GuestLayer.Fio],
                Devices = [VhostUserDevice.Block(daemon.Socket, queues: 2)],
                Script = """
                    ls /sys/block/vda/mq | wc -l
                    fio --name=verify --filename=/dev/vda --rw=randwrite --bs=4k --size=4m --direct=1 --ioengine=libaio \
                        --iodepth=8 --verify=crc32c --output-format=terse >/dev/null
                    """,
            },
            Ct);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Equal("2\n", result.Output);
    }

    [Fact]
    public void A_console_of_many_ports_has_two_queues_a_port_and_two_for_control()
    {
        Assert.Equal(
            ["-chardev", "socket,id=c,path=/s", "-device", "vhost-user-test-device-pci,chardev=c,virtio-id=3,num_vqs=10,vq_size=64,config_size=12"],
            VhostUserDevice.Console("/s", ports: 4).Arguments(QemuVersion.Current, "c"));
    }

    [Theory]
    [InlineData(QemuVersion.Current, "socket,id=c,path=/s,reconnect-ms=1500")]
    [InlineData(QemuVersion.Bookworm, "socket,id=c,path=/s,reconnect=2")]
    public void Reconnecting_is_written_as_each_QEMU_reads_it(QemuVersion qemu, string channel)
    {
        var device = VhostUserDevice.Rng("/s") with { Reconnect = TimeSpan.FromSeconds(1.5) };

        Assert.Contains(channel, device.Arguments(qemu, "c"));
    }

    [Fact]
    public void A_listening_QEMU_does_not_wait_and_a_comma_in_a_path_is_escaped()
    {
        var device = VhostUserDevice.Rng("/a,b") with { QemuListens = true };

        Assert.Contains("socket,id=c,path=/a,,b,server=on,wait=off", device.Arguments(QemuVersion.Current, "c"));
    }
}
