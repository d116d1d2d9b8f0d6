using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload.Tests;

/// <summary>The load between two CAN controllers.</summary>
public sealed class CanLoadTests : IDisposable
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-can-").FullName;

    private string Board => Path.Combine(_folder, "bus");

    [Fact]
    public void A_bus_is_clean()
    {
        LoadReport report = Run(static _ => { }, receive: null);
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void Frames_that_are_destroyed_are_repeated_by_the_controller_and_no_harm_is_done()
    {
        LoadReport report = Run(static bus => bus.InjectErrors(20), receive: null);
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void Frames_that_do_not_arrive_are_lost()
    {
        LoadReport report = Run(static _ => { }, receive: "00000000-0000007F+00000081-1FFFFFFF");
        Assert.Equal((1L, 0L, 0L), (report.Lost, report.Repeated, report.Corrupted));
        Assert.Contains("in place of frame 128", report.Problems[0], StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LoadReport Run(Action<CanBus> disturb, string? receive)
    {
        using ServedDevice one = new(() => CanDevice.Create(new() { Board = Board, Station = "one" }));
        using ServedDevice two = new(() => CanDevice.Create(new() { Board = Board, Station = "two", Receive = receive }));
        using var sender = CanDriver.Start(VhostUserFrontend.Connect(one.Path, CanDriver.DefaultOptions));
        using var receiver = CanDriver.Start(VhostUserFrontend.Connect(two.Path, CanDriver.DefaultOptions));
        Assert.True(sender.SetStarted(true, s_time) && receiver.SetStarted(true, s_time));
        using var bus = CanBus.Open(Board, default);
        disturb(bus);
        CanLoad load = new(sender, receiver, new());
        using var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => load.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitFor.Condition(() => running.IsCompleted || load.Account.Done >= 1000, "1000 frames", TimeSpan.FromSeconds(60));
        stop.Cancel();
        Assert.True(running.Wait(TimeSpan.FromSeconds(60)));
        return running.Result;
    }
}
