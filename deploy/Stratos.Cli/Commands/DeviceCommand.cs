using System.CommandLine;
using Stratos.Cli.Devices;
using Stratos.Cli.Processes;
using Stratos.Fabric.Devices.Catalogue;

namespace Stratos.Cli.Commands;

/// <summary><c>stratos device KIND</c>: serves one device alone, with keeper and worker, in place of a vhost-user daemon.</summary>
internal static class DeviceCommand
{
    private static readonly Option<string> Socket = new("--socket")
    {
        Description = "vhost-user socket of the frontend (QEMU: -chardev socket,path=PATH)",
        HelpName = "PATH",
        Required = true,
    };

    private static readonly Option<bool> Connect = new("--connect")
    {
        Description = "connect to the socket (QEMU: server=on) instead of listening on it",
    };

    private static readonly Option<string?> Name = new("--name")
    {
        Description = "name of the device in messages; default: the kind's name",
        HelpName = "NAME",
    };

    private static readonly Option<bool> NoStandby = new("--no-standby")
    {
        Description = "run no second worker: less memory, and a takeover takes a process start",
    };

    private static readonly Option<bool> UntilInputCloses = new("--until-input-closes") { Description = "end when standard input ends" };

    public static Command Create()
    {
        var command = new Command("device", "Serve one device over vhost-user, alone.");
        foreach (DeviceKind kind in DeviceKinds.All) { command.Subcommands.Add(Create(kind)); }
        return command;
    }

    private static Command Create(DeviceKind kind)
    {
        var command = new Command(kind.Name, $"{char.ToUpperInvariant(kind.Summary[0])}{kind.Summary[1..]}.") { Socket, Connect, Name, NoStandby, UntilInputCloses };
        List<(DeviceOption Device, Option Line)> options = [];
        foreach (DeviceOption option in kind.Options)
        {
            Option line = option.IsSwitch
                ? new Option<bool>($"--{option.Name}") { Description = option.Help }
                : new Option<string?>($"--{option.Name}") { Description = option.Help, HelpName = option.Value };
            options.Add((option, line));
            command.Options.Add(line);
        }
        command.SetAction((arguments, _) => CommandEdge.RunAsync(() => RunAsync(kind, options, arguments)));
        return command;
    }

    private static async Task<int> RunAsync(DeviceKind kind, List<(DeviceOption Device, Option Line)> options, ParseResult arguments)
    {
        using var stopping = new Stopping(arguments.GetValue(UntilInputCloses));
        string name = arguments.GetValue(Name) ?? kind.Name;
        DeviceSpec.CheckName(name);
        string socket = Path.GetFullPath(arguments.GetValue(Socket)!);
        using var folder = new RunFolder();
        // What must outlive a worker, such as the user's terminal, stays in this process.
        using DeviceLauncher launcher = kind.Launch(Read(options, arguments), folder.Path);
        var spec = new DeviceSpec(kind, name, launcher.Options);
        Check(spec);
        foreach (string note in launcher.Notes) { await Console.Error.WriteLineAsync($"stratos: {note}").ConfigureAwait(false); }
        await using LocalFabric fabric = LocalFabric.Start(new LocalFabricOptions
        {
            Folder = folder.Path,
            Devices = [new ServedDevice(spec.ToString(), name, socket, arguments.GetValue(Connect))],
            Standby = !arguments.GetValue(NoStandby),
            Cluster = false,
            Log = Console.Error.WriteLine,
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, launcher.Ended);
        Task asked = Task.Delay(Timeout.Infinite, leaving.Token);
        if (await Task.WhenAny(fabric.KeeperExited, asked).ConfigureAwait(false) == asked) { return 0; }
        int code = await fabric.KeeperExited.ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"stratos: the session keeper ended with {code}; its last lines say why.").ConfigureAwait(false);
        return CommandEdge.System;
    }

    private static Dictionary<string, string> Read(List<(DeviceOption Device, Option Line)> options, ParseResult arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((DeviceOption device, Option line) in options)
        {
            if (line is Option<bool> flag) { if (arguments.GetValue(flag)) { values[device.Name] = "true"; } }
            else if (line is Option<string?> text && arguments.GetValue(text) is { } value) { values[device.Name] = value; }
        }
        return values;
    }

    // The device is made once here, so that a wrong option is told at once and not by a worker that ends again and again.
    private static void Check(DeviceSpec spec)
    {
        var device = spec.Create();
        device.Deactivate();
    }
}
