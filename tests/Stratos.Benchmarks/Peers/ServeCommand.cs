using System.CommandLine;
using Stratos.Fabric.Devices.Block;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;

namespace Stratos.Benchmarks.Peers;

/// <summary><c>serve</c>: a block device over vhost-user in this process, without keeper and actors: what <c>block</c> measures.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> s_socket = new("--socket") { Description = "Where to listen.", Required = true };
    private static readonly Option<bool> s_null = new("--null") { Description = "A disk that stores nothing." };
    private static readonly Option<bool> s_memory = new("--memory") { Description = "A disk in memory." };
    private static readonly Option<string?> s_file = new("--file") { Description = "A disk in a file." };
    private static readonly Option<double> s_poll = new("--poll") { Description = "Microseconds that the pump polls before it waits.", DefaultValueFactory = _ => 20 };

    public static Command Create()
    {
        var command = new Command("serve", "Serve one block device until the process is ended.") { s_socket, s_null, s_memory, s_file, s_poll };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        var options = new BlockOptions
        {
            Null = result.GetValue(s_null) ? DiskBackends.Length : null,
            Memory = result.GetValue(s_memory) ? DiskBackends.Length : null,
            File = result.GetValue(s_file),
        };
        options.Validate();
        using var port = new LocalDevicePort("disk", () => BlockDevice.Create(options), new() { PollTime = TimeSpan.FromMicroseconds(result.GetValue(s_poll)) });
        new VhostUserBackend(new() { SocketPath = result.GetRequiredValue(s_socket), Log = Console.Error.WriteLine }).Serve(port, CancellationToken.None);
        return 0;
    }
}
