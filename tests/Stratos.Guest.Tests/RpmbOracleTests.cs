using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>Our device beside QEMU's own emulation of an eMMC with RPMB, in one guest: the same frames to both, every byte of the responses compared.</summary>
[Collection(LabCollection.Name)]
public sealed class RpmbOracleTests(LabFixture fixture)
{
    [Fact]
    [Proves("rpmb", "The device SHOULD keep consistent behaviors with hardware", "5.12.6.2", With = "QEMU's eMMC and mmc-utils")]
    public async Task TheSameFramesGetTheSameResponsesFromQemuSEmmc()
    {
        var folder = new RunFolder();
        string card = folder.In("emmc.img");
        using (FileStream image = File.Create(card)) { image.SetLength((8 << 20) + (128 << 10)); }
        RpmbExchange[] exchanges = [.. RpmbExchange.Script()];
        string frames = folder.In("frames");
        await File.WriteAllLinesAsync(frames, exchanges.Select(static exchange => exchange.Line), TestContext.Current.CancellationToken);
        string key = folder.In("key");
        await File.WriteAllBytesAsync(key, RpmbFrames.Key, TestContext.Current.CancellationToken);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [($"rpmb:rpmb0,file={folder.In("rpmb.store")},capacity=128K", static socket => VhostUserDevice.Rpmb(socket))], new GuestSpec
        {
            Layers = [GuestLayer.Rpmb],
            Programs =
            [
                await GuestProgram.PublishAsync("deploy/Stratos.GuestDriver", "stratos-driver", TestContext.Current.CancellationToken),
                new GuestProgram(frames, "/root/frames"), new GuestProgram(key, "/root/key"),
            ],
            ExtraArguments = ["-drive", $"if=none,id=card,format=raw,file={card}", "-device", "sdhci-pci", "-device", "emmc,drive=card,rpmb-partition-size=131072"],
            Deadline = TimeSpan.FromMinutes(3),
            Script = """
                set -e
                n=0; while [ ! -e /dev/mmcblk0rpmb ] && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.1; done
                stratos-driver rpmb frames --file /root/frames > /tmp/ours
                stratos-driver rpmb frames --file /root/frames --mmc /dev/mmcblk0rpmb > /tmp/theirs
                sed 's/^/ours /' /tmp/ours
                sed 's/^/theirs /' /tmp/theirs
                # mmc-utils and our client take turns at QEMU's card, under one key.
                mmc rpmb read-counter /dev/mmcblk0rpmb
                head -c 256 /dev/urandom > /tmp/block
                mmc rpmb write-block /dev/mmcblk0rpmb 0x1f /tmp/block /root/key
                stratos-driver rpmb read --mmc /dev/mmcblk0rpmb --key /root/key --address 31 --file /tmp/back
                cmp /tmp/block /tmp/back
                head -c 256 /dev/urandom > /tmp/block
                stratos-driver rpmb write --mmc /dev/mmcblk0rpmb --key /root/key --address 32 --file /tmp/block
                mmc rpmb read-block /dev/mmcblk0rpmb 0x20 1 /tmp/back2 /root/key
                cmp /tmp/block /tmp/back2
                echo "agreed"
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.EndsWith("agreed\n", result.Output, StringComparison.Ordinal);
        string[] lines = result.Output.Split('\n');
        string[] ours = [.. lines.Where(static line => line.StartsWith("ours ", StringComparison.Ordinal)).Select(static line => line[5..])];
        string[] theirs = [.. lines.Where(static line => line.StartsWith("theirs ", StringComparison.Ordinal)).Select(static line => line[7..])];
        Assert.Equal((exchanges.Length, exchanges.Length), (ours.Length, theirs.Length));
        string[] differences = [.. from i in Enumerable.Range(0, exchanges.Length)
            let difference = exchanges[i].Difference(ours[i], theirs[i])
            where difference is not null
            select $"{exchanges[i].What}: {difference}"];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }
}
