using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The RPMB device under our own driver in the guest's user space, as Linux has none: VFIO, a NativeAOT program.</summary>
[Collection(LabCollection.Name)]
public sealed class RpmbGuestTests(LabFixture fixture)
{
    [Theory]
    [InlineData("")]
    [InlineData("--split")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_PROGRAM_KEY", "5.12.6.1.1", With = "a VFIO driver in a Linux guest")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_GET_WRITE_COUNTER", "5.12.6.1.2", With = "a VFIO driver in a Linux guest")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_DATA_WRITE", "5.12.6.1.3", With = "a VFIO driver in a Linux guest")]
    [Proves("rpmb", "VIRTIO_RPMB_REQ_DATA_READ", "5.12.6.1.4", With = "a VFIO driver in a Linux guest")]
    public async Task AGuestProgramsAKeyWritesReadsAndIsRefusedWithAnotherKey(string rings)
    {
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Rpmb(folder)], await SpecAsync($$"""
            set -e
            rpmb() { verb=$1; shift; stratos-driver rpmb $verb {{rings}} "$@"; }
            refused() { expected=$1; shift; if rpmb "$@" > /tmp/said; then echo "not refused: $*"; exit 1; fi; grep -qx "$expected" /tmp/said || { cat /tmp/said; exit 1; }; }
            head -c 32 /dev/urandom > /tmp/key
            head -c 32 /dev/urandom > /tmp/other
            head -c 8192 /dev/urandom > /tmp/data
            rpmb info
            refused NoAuthKey counter --key /tmp/key
            refused NoAuthKey write --key /tmp/key --file /tmp/data
            rpmb program --key /tmp/key
            refused WriteFailure program --key /tmp/other
            [ "$(rpmb counter --key /tmp/key)" = 0 ]
            rpmb write --key /tmp/key --address 480 --file /tmp/data
            rpmb read --key /tmp/key --address 480 --blocks 32 --file /tmp/back
            cmp /tmp/data /tmp/back
            refused AddrFailure write --key /tmp/key --address 481 --file /tmp/data
            [ "$(rpmb counter --key /tmp/key)" = 1 ]
            rpmb counter --key /tmp/other 2> /tmp/said && exit 1
            grep 'MAC' /tmp/said
            echo 1 > /tmp/stop
            rpmb campaign --key /tmp/key --file /tmp/stop
            [ "$(rpmb counter --key /tmp/key)" = 2 ]
            """, TimeSpan.FromMinutes(3)));
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("capacity 128 KiB, at most 32 blocks a write and 32 a read\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("writes 1 refused 0\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--split")]
    [Proves("rpmb", "Every write is answered and counted once while the server is killed", "5.12.6.2", With = "a VFIO driver in a Linux guest")]
    public async Task EveryWriteIsAnsweredAndCountedOnceWhileTheServerIsKilled(string rings)
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        var folder = new RunFolder();
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, folder, [Rpmb(folder)], await SpecAsync($$"""
            set -e
            head -c 32 /dev/urandom > /tmp/key
            stratos-driver rpmb program --key /tmp/key
            echo writing
            (read line < /dev/ttyS1; touch /tmp/stop) &
            stratos-driver rpmb campaign --key /tmp/key --file /tmp/stop {{rings}}
            echo "counter $(stratos-driver rpmb counter --key /tmp/key)"
            """, TimeSpan.FromSeconds(120 + (kills * 6))));
        await guest.Run.WaitForAsync("writing\n", TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        await guest.KillAsync("rpmb0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        string[] account = result.Output.Split("writes ")[1].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["refused", "counter"], [account[1], account[3]]);
        Assert.Equal(account[0], account[4]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {account[0]} writes, {account[2]} forged ones refused");
    }

    private static async Task<GuestSpec> SpecAsync(string script, TimeSpan deadline) => new()
    {
        Layers = [GuestLayer.Rpmb],
        Programs = [await GuestProgram.PublishAsync("deploy/Stratos.GuestDriver", "stratos-driver", TestContext.Current.CancellationToken)],
        Deadline = deadline,
        Script = script,
    };

    private static (string, Func<string, VhostUserDevice>) Rpmb(RunFolder folder) =>
        ($"rpmb:rpmb0,file={folder.In("rpmb.store")},capacity=128K", static socket => VhostUserDevice.Rpmb(socket));
}
