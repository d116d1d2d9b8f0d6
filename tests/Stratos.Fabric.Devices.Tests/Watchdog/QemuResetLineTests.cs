using System.Text;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Devices.Watchdog.Host;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Watchdog;

/// <summary>The reset line against a monitor that a test plays.</summary>
public sealed class QemuResetLineTests : IDisposable
{
    private const string Greeting = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("qmp-").FullName;

    private string Socket => Path.Combine(_folder, "qmp.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Resets_the_machine_and_passes_events_over()
    {
        List<string> heard = [];
        string? failure = Play(heard, Greeting, "{\"return\": {}}\n", "{\"event\": \"RESET\", \"data\": {}}\n{\"ret", "urn\": {}}\n");
        Assert.Null(failure);
        Assert.Equal(["{\"execute\":\"qmp_capabilities\"}", "{\"execute\":\"system_reset\"}"], heard);
    }

    [Fact]
    public void What_the_monitor_refuses_is_told() =>
        Assert.Contains("refused system_reset: {\"class\": \"GenericError\"}", Play([], Greeting, "{\"return\": {}}\n", "{\"error\": {\"class\": \"GenericError\"}}\n"), StringComparison.Ordinal);

    [Fact]
    public void A_monitor_that_closes_or_talks_nonsense_is_told()
    {
        Assert.Contains("closed its monitor", Play([], Greeting), StringComparison.Ordinal);
        Assert.Contains("qmp.sock: ", Play([], Greeting, "nonsense\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_monitor_that_is_not_there_is_told()
    {
        using QemuResetLine line = new(Path.Combine(_folder, "nothing.sock"));
        Assert.Contains("nothing.sock", line.TryReset(WatchdogCause.Late), StringComparison.Ordinal);
    }

    [Fact]
    public void A_monitor_that_is_silent_is_given_up()
    {
        using UnixListener listener = UnixListener.Bind(Socket);
        using QemuResetLine line = new(Socket, TimeSpan.FromMilliseconds(50));
        Assert.Contains("did not answer in time", line.TryReset(WatchdogCause.Late), StringComparison.Ordinal);
    }

    /// <summary>Plays a monitor: each piece but the greeting is sent after a command came; pieces beyond follow at once.</summary>
    private string? Play(List<string> heard, params string[] pieces)
    {
        using UnixListener listener = UnixListener.Bind(Socket);
        Thread monitor = new(() =>
        {
            using UnixStream stream = listener.Accept();
            for (int i = 0; i < pieces.Length; i++)
            {
                if (i is 1 or 2) { heard.Add(Hear(stream)); }
                stream.Send(Encoding.UTF8.GetBytes(pieces[i]));
            }
        });
        monitor.Start();
        using QemuResetLine line = new(Socket);
        string? failure = line.TryReset(WatchdogCause.Late);
        monitor.Join();
        return failure;
    }

    private static string Hear(UnixStream stream)
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (stream.Receive(one, out _) == ReceiveStatus.Received && one[0] != '\n') { line.Append((char)one[0]); }
        return line.ToString();
    }
}
