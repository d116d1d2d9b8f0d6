using Stratos.Cli.Processes;
using Stratos.Lab;
using Stratos.Testing;

namespace Stratos.Guest.Tests;

/// <summary>The entropy device under Linux's virtio_rng driver, as the guest's /dev/hwrng.</summary>
[Collection(LabCollection.Name)]
public sealed class EntropyGuestTests(LabFixture fixture)
{
    private static readonly (string, Func<string, VhostUserDevice>)[] Rng = [("entropy:rng0", VhostUserDevice.Rng)];

    [Theory]
    [InlineData(QemuVersion.Current)]
    [InlineData(QemuVersion.Bookworm)]
    public async Task LinuxReadsGoodRandomBytes(QemuVersion qemu)
    {
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, new RunFolder(), Rng, new GuestSpec
        {
            Qemu = qemu,
            Script = """
                set -e
                grep virtio_rng /sys/class/misc/hw_random/rng_current
                rngtest -c 40 < /dev/hwrng 2>&1 || true
                """,
        });
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("FIPS 140-2 successes: ", result.Output, StringComparison.Ordinal);
        string successes = result.Output.Split("FIPS 140-2 successes: ")[1].Split('\n')[0];
        // About one block in a thousand of good random data fails.
        Assert.InRange(int.Parse(successes, System.Globalization.CultureInfo.InvariantCulture), 37, 40);
    }

    [Fact]
    [Proves("entropy", "every request answered once while the server is killed", "5.4.6", With = "Linux virtio_rng, /dev/hwrng")]
    public async Task EveryReadIsAnsweredWhileTheServerIsKilled()
    {
        int kills = CampaignSize.Of(ci: 8, full: 200);
        await using ServedGuest guest = await ServedGuest.BootAsync(fixture.Lab, new RunFolder(), Rng, new GuestSpec
        {
            Deadline = TimeSpan.FromSeconds(60 + (kills * 6)),
            Script = """
                echo reading
                (read line < /dev/ttyS1; touch /tmp/stop) &
                n=0
                while [ ! -e /tmp/stop ]; do
                  dd if=/dev/hwrng of=/tmp/r bs=256 count=4 iflag=fullblock 2>/dev/null || { echo "read $n failed"; exit 1; }
                  [ "$(stat -c %s /tmp/r)" = 1024 ] || { echo "read $n was short"; exit 1; }
                  sha256sum < /tmp/r >> /tmp/sums
                  n=$((n+1))
                done
                [ "$(sort /tmp/sums | uniq -d | wc -l)" = 0 ] || { echo "a read was repeated"; exit 1; }
                echo "reads $n"
                """,
        });
        await guest.Run.WaitForAsync("reading\n", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await guest.KillAsync("rng0", kills, new Random(kills));
        await guest.Run.SendLineAsync("stop", TestContext.Current.CancellationToken);
        GuestResult result = await guest.CompletionAsync();
        Assert.Contains("reads ", result.Output, StringComparison.Ordinal);
    }
}
