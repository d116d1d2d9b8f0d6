using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Lab;

namespace Stratos.Guest.Tests;

/// <summary>Two guests on one CAN bus, each with a keeper and partitions of its own, and this process on the bus as a third station.</summary>
public sealed class CanGuests : IAsyncDisposable
{
    /// <summary>What both scripts do first: the interface is up, and the two have heard that the other's is too.</summary>
    public const string Up = """
        set -e
        ip link set can0 up
        echo up
        read line < /dev/ttyS1

        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly RunFolder _bus;
    private readonly CanBus _station;

    private CanGuests(RunFolder bus, CanBus station, CanStation host, ServedGuest first, ServedGuest second) =>
        (_bus, _station, Host, First, Second) = (bus, station, host, first, second);

    public ServedGuest First { get; }

    public ServedGuest Second { get; }

    /// <summary>This process's station.</summary>
    public CanStation Host { get; }

    /// <summary>Boots both guests; their devices are <c>one</c> and <c>two</c>. The scripts follow <see cref="Up"/>.</summary>
    public static async Task<CanGuests> BootAsync(LabEnvironment lab, string first, string second, TimeSpan deadline, string options = "")
    {
        RunFolder folder = new();
        string board = folder.In("bus");
        ServedGuest one = await BootAsync(lab, board, "one", first, deadline, options);
        ServedGuest two = await BootAsync(lab, board, "two", second, deadline, options);
        var bus = CanBus.Open(board, default);
        CanStation host = bus.Join("host");
        host.Start(TimeSpan.FromSeconds(10));
        CanGuests guests = new(folder, bus, host, one, two);
        CancellationToken stop = TestContext.Current.CancellationToken;
        foreach (ServedGuest guest in (ServedGuest[])[one, two]) { await guest.Run.WaitForAsync("up\n", s_limit, stop); }
        foreach (ServedGuest guest in (ServedGuest[])[one, two]) { await guest.Run.SendLineAsync("go", stop); }
        return guests;
    }

    /// <summary>What the host's station has received, as candump writes it.</summary>
    public IEnumerable<string> HostReceives()
    {
        while (Host.TryReceive(out CanFrame frame)) { yield return frame.ToString(); }
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        _station.Dispose();
        _bus.Dispose();
    }

    private static Task<ServedGuest> BootAsync(LabEnvironment lab, string board, string name, string script, TimeSpan deadline, string options) =>
        ServedGuest.BootAsync(
            lab, new RunFolder(), [($"can:{name},board={board},station={name},patience=10000{options}", VhostUserDevice.Can)],
            new GuestSpec { Deadline = deadline, Script = Up + script });
}
