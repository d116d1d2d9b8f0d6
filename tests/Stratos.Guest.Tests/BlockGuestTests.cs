using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The block device under Linux's virtio_blk driver, used by fio and ext4.</summary>
[Collection(LabCollection.Name)]
public sealed class BlockGuestTests(LabFixture fixture)
{
    private const string Fio = "fio --name=v --filename=/dev/vda --rw=randwrite --bs=4k --size=16m --iodepth=16 --ioengine=libaio --direct=1 "
        + "--verify=crc32c --do_verify=1 --verify_fatal=1 --verify_state_save=0 --output=/tmp/fio.txt";

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [Proves("block", "read, write, flush, discard, write zeroes; one and several queues, split and packed", "5.2.6", With = "Linux virtio_blk, fio, ext4")]
    public async Task FioVerifiesRandomWritesAndExt4Holds(int queues, bool packed)
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Disk(folder, queues, packed)], new GuestSpec
        {
            Cpus = queues > 1 ? 2 : 1,
            Layers = [GuestLayer.Fio, GuestLayer.Ext4],
            Deadline = TimeSpan.FromMinutes(3),
            Script = $"""
                set -e
                [ "$(cat /sys/block/vda/serial)" = STRATOS-0001 ]
                [ "$(ls /sys/block/vda/mq | wc -l)" = "$(( {queues} < $(nproc) ? {queues} : $(nproc) ))" ]
                bits=$(cat /sys/block/vda/device/features)
                [ "$(echo "$bits" | cut -c35)" = {(packed ? 1 : 0)} ]
                {Fio} || cat /tmp/fio.txt
                grep 'err= 0' /tmp/fio.txt
                blkdiscard -z /dev/vda
                mkfs.ext4 -q /dev/vda
                mkdir -p /mnt && mount /dev/vda /mnt
                for i in $(seq 1 20); do dd if=/dev/urandom of=/mnt/f$i bs=64k count=6 2>/dev/null; done
                (cd /mnt && sha256sum f* > /tmp/sums)
                umount /mnt
                e2fsck -f -n /dev/vda
                mount /dev/vda /mnt
                (cd /mnt && sha256sum -c /tmp/sums > /dev/null)
                fstrim /mnt 2>/dev/null || true
                umount /mnt
                echo whole
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.EndsWith("whole\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, true)]
    [Proves("block", "nothing lost or corrupted while the server is killed", "5.2.6", With = "Linux virtio_blk, fio")]
    public async Task FioVerifiesWhileTheServerIsKilled(int queues, bool packed)
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Disk(folder, queues, packed)], new GuestSpec
        {
            Cpus = queues > 1 ? 2 : 1,
            Layers = [GuestLayer.Fio],
            Deadline = TimeSpan.FromSeconds(120 + (kills * 6)),
            Script = $"""
                echo writing
                (read line < /dev/ttyS1; touch /tmp/stop) &
                n=0
                while [ ! -e /tmp/stop ]; do
                  {Fio} --randseed=$n || {"{"} cat /tmp/fio.txt; exit 1; {"}"}
                  n=$((n+1))
                done
                echo "passes $n"
                dmesg | grep -E 'I/O error|blk_update|hung' && exit 1
                exit 0
                """,
        });
        await guest.Run.WaitForAsync("writing\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("disk0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("passes ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("block", "capacity change with its notification", "5.2.5", With = "Linux virtio_blk, resize2fs")]
    public async Task AFileSystemGrowsWithTheDisk()
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Disk(folder, queues: 1, packed: false)], new GuestSpec
        {
            Layers = [GuestLayer.Ext4],
            Script = """
                set -e
                [ "$(blockdev --getsize64 /dev/vda)" = $((32 << 20)) ]
                mkfs.ext4 -q /dev/vda
                mkdir -p /mnt && mount /dev/vda /mnt
                echo mounted
                until [ "$(blockdev --getsize64 /dev/vda)" = $((48 << 20)) ]; do sleep 0.1; done
                resize2fs /dev/vda
                dd if=/dev/urandom of=/mnt/large bs=1M count=36 2>/dev/null
                sha256sum /mnt/large > /tmp/sum
                umount /mnt
                e2fsck -f -n /dev/vda
                mount /dev/vda /mnt
                sha256sum -c /tmp/sum
                """,
        });
        await guest.Run.WaitForAsync("mounted\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        using (FileStream image = File.OpenWrite(folder.In("disk.img"))) { image.SetLength(48 << 20); }
        GuestResult result = await guest.CompletionAsync();
        Assert.EndsWith("large: OK\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Proves("block", "VIRTIO_BLK_F_RO, VIRTIO_BLK_F_BLK_SIZE", "5.2.3", With = "Linux virtio_blk, blockdev")]
    public async Task TheDriverSeesBlockSizeAndThatItMayNotWrite()
    {
        var folder = new RunFolder();
        (string spec, Func<string, VhostUserDevice> attach) = Disk(folder, queues: 1, packed: false);
        await using ServedGuest guest = await ServedGuest.BootAsync(
            fixture.Lab, folder, [($"{spec},read-only,block-size=4096", socket => attach(socket))], new GuestSpec
            {
                Script = """
                    set -e
                    [ "$(blockdev --getro /dev/vda)" = 1 ]
                    [ "$(blockdev --getss /dev/vda)" = 4096 ]
                    dd if=/dev/vda of=/dev/null bs=64k count=16 2>/dev/null
                    ! dd if=/dev/zero of=/dev/vda bs=4k count=1 2>/dev/null
                    """,
            });
        await guest.CompletionAsync();
    }

    [Fact]
    public async Task TheSecondQemuIsServedToo()
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Disk(folder, queues: 1, packed: false)], new GuestSpec
        {
            Qemu = QemuVersion.Bookworm,
            Layers = [GuestLayer.Fio],
            Deadline = TimeSpan.FromMinutes(2),
            Script = $"{Fio} || cat /tmp/fio.txt; grep 'err= 0' /tmp/fio.txt",
        });
        await guest.CompletionAsync();
    }

    [Fact]
    public async Task QemuMayListenAndTheKeeperConnects()
    {
        var folder = new RunFolder();
        (string spec, Func<string, VhostUserDevice> attach) = Disk(folder, queues: 1, packed: false);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [(spec, socket => attach(socket) with { QemuListens = true })], new GuestSpec
        {
            Script = "dd if=/dev/vda of=/dev/null bs=64k count=16 2>&1",
        });
        await guest.CompletionAsync();
    }

    private static (string, Func<string, VhostUserDevice>) Disk(RunFolder folder, int queues, bool packed)
    {
        string image = folder.In("disk.img");
        using (FileStream file = File.Create(image)) { file.SetLength(32 << 20); }
        return ($"block:disk0,file={image},queues={queues},serial=STRATOS-0001", socket => VhostUserDevice.Block(socket, queues, packed: packed));
    }
}
