using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Shell;

namespace Stratos.Keeper;

/// <summary>The command line: what to keep, and the exit code. 0: ended in order. 1: it could not begin or not end in order.</summary>
internal static class KeeperCommand
{
    private const string Purpose =
        "Holds vhost-user sessions on behalf of worker processes, so that a frontend does not notice when a worker dies: " +
        "the next one is given memory, rings, doorbells and the record of requests in flight, after the last one is proven gone.";

    public static RootCommand Create()
    {
        var control = new Option<string>("--control")
        {
            Description = "Path of the socket to which workers connect.", HelpName = "PATH", Required = true,
        };
        var devices = new Option<KeeperDevice[]>("--device")
        {
            Description = "A device and its vhost-user socket; repeat for more. With ',connect' the frontend listens on the socket, else the keeper does.",
            HelpName = "NAME=SOCKET[,connect]", Required = true, Arity = ArgumentArity.OneOrMore,
            CustomParser = DeviceArgument.Parse,
        };
        var deadline = Seconds("--deadline", 30, "Seconds that a frontend's request may wait for a worker.");
        var workerDeadline = Seconds("--worker-deadline", 5, "Seconds that a worker may take to answer before it counts as hung and is killed.");
        var untilInputCloses = new Option<bool>("--until-input-closes") { Description = "End when standard input ends: whoever started the keeper has gone." };
        var command = new RootCommand(Purpose) { control, devices, deadline, workerDeadline, untilInputCloses };
        command.SetAction(parsed => Run(new()
        {
            ControlPath = parsed.GetRequiredValue(control),
            Devices = parsed.GetRequiredValue(devices),
            Limits = KeeperLimits.Default with
            {
                RequestDeadline = Nanoseconds(parsed.GetValue(deadline)), AckDeadline = Nanoseconds(parsed.GetValue(workerDeadline)),
            },
        }, parsed.GetValue(untilInputCloses)));
        return command;
    }

    private static Option<double> Seconds(string name, double usual, string description)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            // What is no number at all is reported by the parser itself.
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var seconds) && seconds is not (> 0 and <= 86400))
                result.AddError($"{name}: a number above 0 and at most 86400 is expected");
        });
        return option;
    }

    private static long Nanoseconds(double seconds) => (long)(seconds * 1e9);

    private static int Run(KeeperOptions options, bool untilInputCloses)
    {
        var log = new StandardErrorLog();
        try
        {
            using var keeper = new KeeperLoop(options, log);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, keeper));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, keeper));
            if (untilInputCloses) WatchInput(keeper);
            log.Write("keeper", $"keeping {options.Devices.Count} device(s); workers come to {options.ControlPath}");
            return keeper.Run() ? 0 : 1;
        }
        catch (Exception failure) when (failure is LinuxException or ArgumentException)
        {
            StandardErrorLog.WriteLine($"stratos-keeper: {failure.Message}");
            return 1;
        }
    }

    private static void WatchInput(KeeperLoop keeper)
    {
        var watcher = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0) { }
            keeper.Stop();
        })
        { IsBackground = true, Name = "stdin" };
        watcher.Start();
    }

    private static void Stop(PosixSignalContext context, KeeperLoop keeper)
    {
        context.Cancel = true;
        keeper.Stop();
    }
}
