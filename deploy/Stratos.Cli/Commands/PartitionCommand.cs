using System.CommandLine;
using Stratos.Actors.Devices;
using Stratos.Actors.Partitions;
using Stratos.Actors.Settings;
using Stratos.Cli.Devices;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Cli.Commands;

/// <summary><c>stratos partition</c>: one partition process, whose devices a session keeper hands their sessions to.</summary>
internal static class PartitionCommand
{
    private static readonly Option<string> Keeper = new("--keeper")
    {
        Description = "control socket of the session keeper",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<string[]> Devices = new("--device")
    {
        Description = "a device, such as block:disk0,file=/srv/disk.img (see 'stratos device KIND --help' for the options); repeat it for more",
        HelpName = "KIND:NAME[,OPTION=VALUE...]",
        Required = true,
    };

    private static readonly Option<KeeperRole> Role = new("--role")
    {
        Description = "owner: wants to serve; standby: waits, warm, to take over",
        DefaultValueFactory = static _ => KeeperRole.Owner,
    };

    private static readonly Option<string> Settings = new("--settings")
    {
        Description = "settings of the partition",
        HelpName = "FILE",
        DefaultValueFactory = static _ => Path.Combine(AppContext.BaseDirectory, "akka.hocon"),
    };

    private static readonly Option<double> PollTime = new("--poll")
    {
        Description = "microseconds that a queue without work is polled before its pump waits for the doorbell, 0 to 1000000",
        HelpName = "US",
        DefaultValueFactory = static _ => 20,
    };

    private static readonly Option<bool> NoCluster = new("--no-cluster") { Description = "serve the devices without being a member of a cluster" };

    private static readonly Option<bool> UntilInputCloses = new("--until-input-closes") { Description = "end when standard input ends" };

    public static Command Create()
    {
        var command = new Command("partition", "Run one partition: its devices as actors, their sessions from a session keeper.")
        {
            Keeper, Devices, Role, Settings, PollTime, NoCluster, UntilInputCloses,
        };
        command.SetAction((arguments, _) => CommandEdge.RunAsync(() => RunAsync(arguments)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        using var stopping = new Stopping(arguments.GetValue(UntilInputCloses));
        FabricSettings settings = FabricSettings.Load(
            arguments.GetValue(Settings)!, FabricEnvironment.From(Environment.GetEnvironmentVariables()));
        if (arguments.GetValue(NoCluster)) { settings = settings with { Cluster = settings.Cluster with { Enabled = false } }; }
        double poll = arguments.GetValue(PollTime);
        if (poll is not (>= 0 and <= 1e6)) { throw new ArgumentException($"--poll: {poll} is not within 0 to 1000000 microseconds."); }
        var options = new PumpOptions { PollTime = TimeSpan.FromMicroseconds(poll) };
        List<DeviceBinding> bindings = [];
        foreach (string text in arguments.GetValue(Devices)!)
        {
            bindings.Add(Bind(DeviceSpec.Parse(text), arguments.GetValue(Keeper)!, arguments.GetValue(Role), options));
        }
        await using PartitionHost partition = await PartitionHost.StartAsync(settings, bindings, Console.Error).ConfigureAwait(false);
        _ = TellMembershipAsync(partition);
        Task asked = Task.Delay(Timeout.Infinite, stopping.Token);
        if (await Task.WhenAny(partition.Terminated, asked).ConfigureAwait(false) == asked) { return 0; }
        PartitionEnd end = await partition.Terminated.ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"stratos: the partition ends: {end.Reason}").ConfigureAwait(false);
        return end.ExitCode;
    }

    /// <summary>Ends with the process where the cluster never admits the partition.</summary>
    private static async Task TellMembershipAsync(PartitionHost partition) =>
        await Console.Error.WriteLineAsync($"stratos: member of the cluster as {await partition.Joined.ConfigureAwait(false)}").ConfigureAwait(false);

    private static DeviceBinding Bind(DeviceSpec spec, string keeper, KeeperRole role, PumpOptions options)
    {
        var session = new VhostUserBackend(new BackendOptions
        {
            SocketPath = keeper,
            Mode = BackendMode.Keeper,
            Role = role,
            Log = static line => Console.Error.WriteLine(line),
        });
        return new(spec.Name, spec.Create, session, options);
    }
}
