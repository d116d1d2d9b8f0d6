using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;
using Stratos.Testing.Worker;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Protocol.Keeper;

// A worker process for tests of a session keeper: one device, without actors.
// Arguments: control socket, device name, "owner" or "standby", and what the device stands on: the image of a block
// device, "entropy", "console-file:PATH", "console-stream:SOCKET", or "kind:NAME;OPTION=VALUE;..." for any kind of device.
// It ends with the process that started it, and where STRATOS_TEST_DIE_AT says.
if (args is not [var control, var name, var role, var medium])
{
    Console.Error.WriteLine("usage: Stratos.Testing.Worker CONTROL NAME owner|standby IMAGE|entropy|console-file:PATH|console-stream:SOCKET|kind:NAME;OPTION=VALUE");
    return 2;
}
CurrentProcess.EndWithParent(int.Parse(Environment.GetEnvironmentVariable("STRATOS_TEST_PARENT") ?? "0", System.Globalization.CultureInfo.InvariantCulture));
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
using var port = new LocalDevicePort(name, Device, new() { Probe = StepDeath.FromEnvironment() });
new VhostUserBackend(new()
{
    SocketPath = control,
    Mode = BackendMode.Keeper,
    Role = role == "owner" ? KeeperRole.Owner : KeeperRole.Standby,
    Log = Console.Error.WriteLine,
}).Serve(port, stop.Token);
return 0;

VirtioDevice Device() => medium.Split(':', 2) switch
{
    ["entropy"] => EntropyDevice.Create(new()),
    ["console-file", var path] => ConsoleDevice.Create(new() { Ports = [new() { File = path }] }),
    ["console-stream", var socket] => ConsoleDevice.Create(new() { Ports = [new() { Stream = socket }] }),
    ["kind", var kind] => DeviceKinds.Find(kind.Split(';')[0]).Create(
        kind.Split(';').Skip(1).Select(static option => option.Split('=', 2)).ToDictionary(static option => option[0], static option => option[1])),
    _ => BlockDevice.Create(new() { File = medium, Serial = name }),
};
