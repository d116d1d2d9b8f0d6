using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Rpmb;
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
        (string What, string Line)[] exchanges = [.. Exchanges()];
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
            let difference = Difference(ours[i], theirs[i])
            where difference is not null
            select $"{exchanges[i].What}: {difference}"];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    private static IEnumerable<(string What, string Line)> Exchanges()
    {
        yield return ("counter without a key", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.GetWriteCounter, nonce: 9)));
        yield return ("write without a key", RpmbFrames.Line(1, RpmbFrames.Write(0, 0, 1), RpmbFrames.ResultRead));
        yield return ("read without a key", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.DataRead, nonce: 9)));
        yield return ("key", RpmbFrames.Line(1, RpmbFrames.ProgramKey(RpmbFrames.Key), RpmbFrames.ResultRead));
        yield return ("second key", RpmbFrames.Line(1, RpmbFrames.ProgramKey(new byte[32]), RpmbFrames.ResultRead));
        yield return ("counter", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.GetWriteCounter, nonce: 10)));
        for (uint i = 0; i < 8; i++)
        {
            yield return ($"write {i}", RpmbFrames.Line(1, RpmbFrames.Write((ushort)(i * 73), i, (byte)(0x40 + i)), RpmbFrames.ResultRead));
            yield return ($"counter after write {i}", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.GetWriteCounter, nonce: (byte)(20 + i))));
            yield return ($"read {i}", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.DataRead, (ushort)(i * 73), nonce: (byte)(30 + i))));
        }
        yield return ("write with an old counter", RpmbFrames.Line(1, RpmbFrames.Write(0, 3, 1), RpmbFrames.ResultRead));
        yield return ("write with a counter to come", RpmbFrames.Line(1, RpmbFrames.Write(0, 9, 1), RpmbFrames.ResultRead));
        yield return ("write under another key", RpmbFrames.Line(1, RpmbFrames.Write(0, 8, 1, new byte[32]), RpmbFrames.ResultRead));
        yield return ("write beyond the end", RpmbFrames.Line(1, RpmbFrames.Write(512, 8, 1), RpmbFrames.ResultRead));
        yield return ("read beyond the end", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.DataRead, 512, nonce: 50)));
        yield return ("read of the last block", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.DataRead, 511, nonce: 51)));
        yield return ("read of three blocks", RpmbFrames.Line(3, RpmbFrames.Plain(RpmbRequestType.DataRead, 73, 3, nonce: 52)));
        yield return ("a last write", RpmbFrames.Line(1, RpmbFrames.Write(511, 8, 0xEE), RpmbFrames.ResultRead));
        yield return ("counter at the end", RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.GetWriteCounter, nonce: 53)));
    }

    private static string? Difference(string ours, string theirs)
    {
        if (ours == theirs) { return null; }
        if (ours.Length != theirs.Length) { return $"{ours.Length / 2} bytes instead of {theirs.Length / 2}"; }
        int first = Enumerable.Range(0, ours.Length / 2).First(i => ours.AsSpan(i * 2, 2) is var a && !a.SequenceEqual(theirs.AsSpan(i * 2, 2)));
        return $"from byte {first} of the response; last fields ours {ours[^56..]}, QEMU {theirs[^56..]}";
    }
}
