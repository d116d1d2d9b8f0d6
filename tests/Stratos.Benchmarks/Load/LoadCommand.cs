using System.CommandLine;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;
using Stratos.Workload;

namespace Stratos.Benchmarks.Load;

/// <summary><c>load</c>: a checked block load on any vhost-user backend.</summary>
internal static class LoadCommand
{
    private static readonly Option<string> s_socket = new("--socket") { Description = "The backend's socket.", Required = true };
    private static readonly Option<string> s_ring = new("--ring") { Description = "The ring layout.", DefaultValueFactory = _ => "split" };
    private static readonly Option<int> s_depth = new("--depth") { Description = "Requests in flight.", DefaultValueFactory = _ => 32 };
    private static readonly Option<double> s_seconds = new("--seconds") { Description = "How long.", DefaultValueFactory = _ => 5 };
    private static readonly Option<int> s_seed = new("--seed") { Description = "Chooses the requests.", DefaultValueFactory = _ => 1 };

    public static Command Create()
    {
        s_ring.AcceptOnlyFromAmong(RingKind.Names);
        var command = new Command("load", "Read, write and verify blocks through a vhost-user block backend, and account for every request.") { s_socket, s_ring, s_depth, s_seconds, s_seed };
        command.SetAction(result => Run(
            result.GetRequiredValue(s_socket), result.GetRequiredValue(s_ring), result.GetRequiredValue(s_depth), result.GetRequiredValue(s_seconds), result.GetRequiredValue(s_seed)));
        return command;
    }

    private static int Run(string socket, string ring, int depth, double seconds, int seed)
    {
        var options = BlockDriver.DefaultOptions with { Features = BlockFeatures.All | RingKind.Features(ring) };
        using var driver = BlockDriver.Start(VhostUserFrontend.Connect(socket, options), depth);
        Console.WriteLine($"features 0x{driver.Frontend.Features:x}, protocol {driver.Frontend.ProtocolFeatures}, {driver.Config}");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var report = new BlockLoad(driver, 0, new() { Seed = seed, Deadline = TimeSpan.FromSeconds(10) }).Run(stop.Token);
        Console.WriteLine(report);
        Console.WriteLine(string.Join(", ", driver.Frontend.Stop()));
        return report.IsClean ? 0 : 1;
    }
}
