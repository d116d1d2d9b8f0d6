using System.Security.Cryptography;
using System.Text;
using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>A guest moves from one QEMU to another, each with a keeper and partitions of its own, while it uses its disk.</summary>
[Collection(LabCollection.Name)]
public sealed class MigrationTests(LabFixture fixture)
{
    private const int Extents = 8;
    private const int ExtentMiB = 8;
    private const int WrittenMiB = 4;

    /// <summary>
    /// Extents of the disk are read in turn, through the guest's page cache: pages that nobody in the guest has written, so
    /// that only the backend's dirty log tells QEMU to copy them, and that held another extent before. What lies behind the
    /// extents is written and verified at the same time.
    /// </summary>
    private static readonly string Script = $$"""
        (read line < /dev/ttyS1; touch /tmp/stop) &
        extent() { dd if=/dev/vda bs=1M skip=$(($1 * {{ExtentMiB}})) count={{ExtentMiB}} 2>/dev/null | sha256sum | cut -d' ' -f1; }
        for i in $(seq 0 {{Extents - 1}}); do extent $i; done > /tmp/known
        (n=0; while [ ! -e /tmp/stop ]; do
          fio --name=v --filename=/dev/vda --offset={{Extents * ExtentMiB}}m --size={{WrittenMiB}}m --rw=randwrite --bs=4k --iodepth=8 --ioengine=libaio --direct=1 \
            --randseed=$n --verify=crc32c --do_verify=1 --verify_fatal=1 --verify_state_save=0 --output=/tmp/fio.txt || { cat /tmp/fio.txt; touch /tmp/failed /tmp/stop; }
          n=$((n+1)); done; echo $n > /tmp/passes) &
        writer=$!
        echo "known $(sha256sum < /tmp/known)"
        n=0
        while [ ! -e /tmp/stop ]; do
          i=$((n % {{Extents}}))
          known=$(sed -n "$((i + 1))p" /tmp/known)
          echo 1 > /proc/sys/vm/drop_caches
          for reading in fresh cached cached; do
            read=$(extent $i)
            [ "$read" = $known ] || { echo "round $n, extent $i, $reading: $read instead of $known"; touch /tmp/failed /tmp/stop; }
          done
          n=$((n+1))
        done
        wait $writer
        [ ! -e /tmp/failed ] || exit 1
        dmesg | grep -E 'I/O error|blk_update|hung_task' && exit 1
        echo "rounds $n, passes $(cat /tmp/passes)"
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Proves("block", "live migration: the dirty log (VHOST_USER_SET_LOG_BASE, VHOST_F_LOG_ALL)", "docs/vhost-user.md", With = "QEMU migrate, Linux virtio_blk, fio")]
    public async Task ADiskMovesWithItsGuest()
    {
        var (here, there) = (new RunFolder(), new RunFolder());
        string image = here.In("disk.img");
        byte[] content = RandomNumberGenerator.GetBytes(((Extents * ExtentMiB) + WrittenMiB) << 20);
        await File.WriteAllBytesAsync(image, content, Ct);
        var spec = new GuestSpec { Layers = [GuestLayer.Fio], Deadline = TimeSpan.FromMinutes(5), Script = Script };
        await using ServedGuest source = await ServedGuest.BootAsync(fixture.Lab, here, [Disk(image)], spec);
        await source.Run.WaitForAsync($"known {Sum(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Extents).Select(i => Sum(Extent(content, i)) + "\n"))))}", TimeSpan.FromSeconds(120), Ct);
        await using ServedGuest target = await ServedGuest.BootAsync(fixture.Lab, there, [Disk(image)], spec with { Incoming = "defer" });

        string socket = there.In("migration.sock");
        await target.Run.Monitor.ExecuteAsync("migrate-incoming", new { uri = $"unix:{socket}" }, Ct);
        // Slow enough that the guest reads every extent while its memory is copied.
        await source.Run.Monitor.ExecuteAsync("migrate-set-parameters", new Dictionary<string, object> { ["max-bandwidth"] = 24 << 20, ["downtime-limit"] = 2000 }, Ct);
        await source.Run.Monitor.ExecuteAsync("migrate", new { uri = $"unix:{socket}" }, Ct);
        try
        {
            await target.Run.Monitor.WaitForEventAsync("RESUME", Ct);
        }
        catch (QmpException failed)
        {
            throw new InvalidOperationException($"{failed.Message}\n{target.Run.Snapshot().QemuErrors}\n{source.Run.Snapshot().QemuErrors}\n{source.Log}\n{target.Log}", failed);
        }
        Assert.Contains("writes to guest memory are logged", source.Log, StringComparison.Ordinal);

        // A takeover on the other side, before the guest ends: what came with the migration is kept like the rest.
        await target.KillAsync("disk0", kills: 2, new Random(1));
        await target.Run.SendLineAsync("stop", Ct);
        GuestResult result = await target.CompletionAsync();
        Assert.Contains("rounds ", result.Output, StringComparison.Ordinal);
    }

    private static ReadOnlySpan<byte> Extent(byte[] disk, int number) => disk.AsSpan((number * ExtentMiB) << 20, ExtentMiB << 20);

    private static string Sum(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static (string, Func<string, VhostUserDevice>) Disk(string image) => ($"block:disk0,file={image}", static socket => VhostUserDevice.Block(socket));
}
